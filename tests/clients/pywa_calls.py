"""Every public method of pywa's client, and where it is seen to work with Takt, or why it has no meaning here."""

from typing import Final

from takt.core.value import value


@value
class Seen:
    """A test that shows what methods do."""

    module: str
    test: str
    methods: tuple[str, ...]


def _seen(module: str, test: str, methods: str) -> Seen:
    return Seen(module, test, tuple(methods.split()))


SEEN: Final = (
    _seen(
        "test_pywa", "test_a_conversation_from_the_first_template_to_the_last_tick",
        "send_template send_message on_message on_message_status",
    ),
    _seen("test_pywa", "test_a_button_comes_back_with_its_payload", "on_callback_button"),
    _seen("test_pywa", "test_refusals_are_the_clients_own_classes", "api"),
    _seen(
        "test_pywa", "test_nodes_and_lists",
        "get_business_phone_number get_business_phone_numbers get_business_account get_templates token",
    ),
    _seen("test_pywa", "test_a_wrong_signature_would_have_been_noticed", "webhook_update_validator"),
    _seen(
        "test_pywa_messages", "test_what_is_sent_is_shown",
        "send_text send_image send_video send_document send_audio send_voice send_sticker send_location request_location"
        " send_contact request_contact_info send_catalog send_product send_products send_carousel",
    ),
    _seen("test_pywa_messages", "test_a_reaction_comes_and_goes", "send_reaction remove_reaction"),
    _seen(
        "test_pywa_messages", "test_a_person_sees_that_the_company_read_and_writes", "mark_message_as_read indicate_typing"
    ),
    _seen("test_pywa_answers", "test_a_row_of_a_list", "on_callback_selection"),
    _seen("test_pywa_answers", "test_a_finished_form", "on_flow_completion"),
    _seen("test_pywa_answers", "test_a_permission_to_call", "on_call_permission_update"),
    _seen("test_pywa_answers", "test_marketing_stopped_and_resumed", "on_user_marketing_preferences"),
    _seen("test_pywa_answers", "test_an_answer_is_waited_for", "listen stop_listening"),
    _seen("test_pywa_answers", "test_every_webhook_was_understood", "webhook_update_handler"),
    _seen(
        "test_pywa_media", "test_a_file_goes_up_and_down_and_away",
        "upload_media get_media_url get_media_bytes download_media stream_media delete_media",
    ),
    _seen("test_pywa_templates", "test_every_kind_is_made_and_read_back", "create_template"),
    _seen(
        "test_pywa_templates", "test_a_template_is_approved_edited_and_deleted",
        "get_template update_template delete_template on_template_status_update on_template_components_update",
    ),
    _seen(
        "test_pywa_templates", "test_quality_categories_and_pauses_are_told",
        "unpause_template on_template_quality_update on_template_category_update",
    ),
    _seen(
        "test_pywa_templates", "test_archive_compare_upsert_migrate_and_library",
        "archive_templates unarchive_templates compare_templates upsert_authentication_template migrate_templates",
    ),
    _seen(
        "test_pywa_flows", "test_a_flow_from_draft_to_deprecated",
        "create_flow get_flow update_flow_json update_flow_metadata get_flow_assets publish_flow deprecate_flow",
    ),
    _seen(
        "test_pywa_flows", "test_lists_clones_previews_and_migrations",
        "get_flows delete_flow migrate_flows get_flow_metrics",
    ),
    _seen("test_pywa_flows", "test_an_endpoint_leads_a_person_through_the_form", "get_flow_request_handler"),
    _seen(
        "test_pywa_numbers", "test_a_number_from_creation_to_registration",
        "create_phone_number request_verification_code verify_phone_number register_phone_number deregister_phone_number",
    ),
    _seen("test_pywa_numbers", "test_a_display_name_is_wished_and_decided", "update_display_name"),
    _seen("test_pywa_numbers", "test_a_profile_reaches_the_messenger", "update_business_profile get_business_profile"),
    _seen(
        "test_pywa_numbers", "test_ice_breakers_and_commands_reach_the_messenger", "update_conversational_automation"
    ),
    _seen(
        "test_pywa_numbers", "test_a_username_is_shown_to_people",
        "set_username get_current_username get_reserved_usernames delete_username",
    ),
    _seen(
        "test_pywa_numbers", "test_settings_commerce_and_key",
        "get_business_phone_number_settings update_business_phone_number_settings get_commerce_settings"
        " update_commerce_settings set_business_public_key",
    ),
    _seen(
        "test_pywa_numbers", "test_qr_codes", "create_qr_code get_qr_code get_qr_codes update_qr_code delete_qr_code"
    ),
    _seen(
        "test_pywa_numbers", "test_a_blocked_person_cannot_write_and_is_not_told_why",
        "block_users unblock_users get_blocked_users",
    ),
    _seen(
        "test_pywa_numbers", "test_the_account_and_its_portfolio",
        "get_owned_business_accounts get_shared_business_accounts update_business_account_settings",
    ),
    _seen(
        "test_pywa_accounts", "test_webhooks_arrive_at_the_nearest_callback",
        "get_app_access_token set_app_callback_url override_waba_callback_url delete_waba_callback_url"
        " override_phone_callback_url delete_phone_callback_url webhook_challenge_handler",
    ),
    _seen("test_pywa_webhooks", "test_the_life_of_a_number_is_told", "on_raw_update"),
    _seen("test_pywa_webhooks", "test_a_company_hears_that_it_is_paused_and_let_in_again", "on_account_update"),
    _seen(
        "test_pywa_absent", "test_what_is_not_here_is_refused_with_its_class",
        "create_group get_group get_groups delete_group update_group_settings get_group_invite_link"
        " reset_group_invite_link get_group_join_requests approve_group_join_requests reject_group_join_requests"
        " remove_group_participants pin_message unpin_message initiate_call pre_accept_call accept_call reject_call"
        " terminate_call get_call_permissions create_signup get_signup get_signups update_signup",
    ),
)  # fmt: skip

WITHIN: Final = "pywa keeps this to itself: nothing goes over the wire"
SERVER: Final = "starts or extends a web server of pywa's own; the tests hand its requests to the client instead"
UNTOLD: Final = {
    "groups": "Takt has no groups, so nothing is told of them",
    "calls": "Takt carries no calls, so nothing is told of them",
    "edits": "people cannot edit or delete here what they sent",
    "echoes": "no number here is shared with an app on a telephone",
    "identity": "a person's number and identity do not change here",
}

APART: Final = {
    "business_account_id": "the old name of waba_id, which every test gives",
    "add_handlers": WITHIN, "remove_handlers": WITHIN, "remove_callbacks": WITHIN, "load_handlers_modules": WITHIN,
    "run": SERVER, "on_flow_request": SERVER, "add_flow_request_handler": SERVER,
    "on_group_message_statuses": UNTOLD["groups"],
    "on_call_connect": UNTOLD["calls"], "on_call_status": UNTOLD["calls"], "on_call_terminate": UNTOLD["calls"],
    "on_edited_message": UNTOLD["edits"], "on_deleted_message": UNTOLD["edits"],
    "on_outgoing_message": UNTOLD["echoes"], "on_outgoing_edited_message": UNTOLD["echoes"],
    "on_outgoing_deleted_message": UNTOLD["echoes"],
    "on_identity_change": UNTOLD["identity"], "on_phone_number_change": UNTOLD["identity"],
}  # fmt: skip
"""Methods without a meaning here, each with the reason."""
