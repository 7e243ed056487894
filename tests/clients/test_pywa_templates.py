"""pywa against the whole of Takt: templates of every kind it can express, made, read, changed and deleted.

Its handlers must really run for each webhook about templates: it answers 200 to what it cannot read.
"""

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pywa import errors
from pywa.types import templates as t
from pywa.types.flows import FlowActionType
from pywa.types.others import Pagination
from pywa.types.templates import BodyText, Template, TemplateCategory, TemplateLanguage, TemplateStatus

from tests.clients.pywa_company import BOTH, Company, opened
from tests.databases import Variant
from tests.live import takt
from tests.receiver import receiving

FIELDS = [
    "message_template_status_update", "message_template_quality_update", "message_template_components_update",
    "template_category_update", "template_correct_category_detection",
]  # fmt: skip
GERMAN = TemplateLanguage.GERMAN
UTILITY, MARKETING, CODE = TemplateCategory.UTILITY, TemplateCategory.MARKETING, TemplateCategory.AUTHENTICATION
pytestmark = BOTH
HANDLE = {"header_handle": ["4::aW1hZ2U"]}


@dataclass
class Desk:
    """A company whose handlers for templates note what they got."""

    company: Company
    statuses: list[t.TemplateStatusUpdate] = field(default_factory=list)
    components: list[t.TemplateComponentsUpdate] = field(default_factory=list)
    categories: list[t.TemplateCategoryUpdate] = field(default_factory=list)
    qualities: list[t.TemplateQualityUpdate] = field(default_factory=list)

    @property
    def wa(self) -> Any:
        return self.company.wa

    async def make(self, template: Any) -> Any:
        return await self.company.do(self.wa.create_template, template)

    async def heard(self, template_id: str, status: TemplateStatus) -> t.TemplateStatusUpdate:
        def found() -> list[t.TemplateStatusUpdate]:
            return [one for one in self.statuses if (one.template_id, one.new_status) == (template_id, status)]

        await self.company.until(lambda: bool(found()))
        return found()[0]

    async def judge(self, template_id: str, decision: str, **more: Any) -> None:
        await self.company.as_operator("POST", f"/reviews/{template_id}", json={"decision": decision, **more})


@pytest.fixture
async def desk(sort: str, db: str, variant: Variant, tmp_path: Path) -> AsyncIterator[Desk]:
    async with takt(db, variant.parts, tmp_path) as live, receiving() as receiver, opened(sort, live) as wa:
        made = Desk(Company(wa, receiver, live.env, live.url))
        wa.on_template_status_update(lambda _, update: made.statuses.append(update))
        wa.on_template_components_update(lambda _, update: made.components.append(update))
        wa.on_template_category_update(lambda _, update: made.categories.append(update))
        wa.on_template_quality_update(lambda _, update: made.qualities.append(update))
        await made.company.subscribe(*FIELDS)
        yield made


def template(name: str, *components: Any, category: TemplateCategory = UTILITY, **more: Any) -> Template:
    return Template(name=name, language=GERMAN, category=category, components=list(components), **more)


ORDER = BodyText("Hallo {{1}}, Ihre Bestellung {{2}} kommt morgen bei Ihnen an.", "Mara", "4711")
APPS = [t.OTPSupportedApp(package_name="com.example.shop", signature_hash="K8a/AINcGX7")]


def said(number: int) -> BodyText:
    """A body that no other template has."""
    return BodyText(f"Zu Ihrer Bestellung haben wir die Nachricht {number} für Sie.")


def code(button: Any) -> list[Any]:
    return [
        t.AuthenticationBody(add_security_recommendation=True),
        t.AuthenticationFooter(code_expiration_minutes=5),
        t.Buttons(buttons=[button]),
    ]


def media(kind: str) -> dict[str, Any]:
    return {"type": "HEADER", "format": kind, "example": HANDLE}


def card() -> t.CarouselCard:
    button = t.URLButton(text="Ansehen", url="https://nordwind.example/{{1}}", example="https://nordwind.example/1")
    return t.CarouselCard(components=[media("IMAGE"), BodyText("Regenjacke"), t.Buttons(buttons=[button])])


def buttons(*given: Any) -> t.Buttons:
    return t.Buttons(buttons=list(given))


KINDS: list[Template] = [
    template("plain", t.HeaderText("Bestellung {{1}}", "4711"), ORDER, t.FooterText(text="Nordwind, Hamburg")),
    template("named", BodyText("Ihr Termin am {{day}} steht fest, bis dann.", day="Freitag"), parameter_format=t.ParamFormat.NAMED),
    template("image", media("IMAGE"), said(1)),
    template("video", media("VIDEO"), said(2)),
    template("document", media("DOCUMENT"), said(3)),
    template("gif", media("GIF"), said(4), category=MARKETING),
    template("location", t.HeaderLocation(), said(5)),
    template("replies", said(6), buttons(t.QuickReplyButton(text="Ja"), t.QuickReplyButton(text="Nein"))),
    template("links", said(7), buttons(
        t.URLButton(text="Verfolgen", url="https://nordwind.example/p/{{1}}", example="https://nordwind.example/p/1"),
        t.PhoneNumberButton(text="Anrufen", phone_number="+494012345"),
    )),
    template("coupon", said(8), buttons(t.CopyCodeButton(example="HERBST20")), category=MARKETING),
    template("flow", said(9), buttons(
        t.FlowButton(text="Los", flow_id="5123", flow_action=FlowActionType.NAVIGATE, navigate_screen="START"))),
    template("catalog", said(10), buttons(t.CatalogButton(text="Katalog")), category=MARKETING),
    template("many", said(11), buttons(t.MPMButton(text="Artikel")), category=MARKETING),
    template("product", t.HeaderProduct(), said(12), buttons(t.SPMButton(text="Ansehen")), category=MARKETING),
    template("call", said(13), buttons(t.VoiceCallButton(text="Anrufen"))),
    template("contact", said(14), buttons(t.ContactInfoRequestButton())),
    template("permission", said(15), t.CallPermissionRequestButton()),
    template("offer", t.LimitedTimeOffer(text="Nur heute", has_expiration=True), said(16),
             buttons(t.CopyCodeButton(example="HEUTE")), category=MARKETING),
    template("carousel", said(17), t.Carousel(cards=[card(), card()]), category=MARKETING),
    template("code_copy", *code(t.CopyCodeOTPButton()), category=CODE),
    template("code_one", *code(t.OneTapOTPButton(supported_apps=APPS)), category=CODE),
    template("code_zero", *code(t.ZeroTapOTPButton(supported_apps=APPS, zero_tap_terms_accepted=True)), category=CODE),
]  # fmt: skip


async def test_every_kind_is_made_and_read_back(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    for one in KINDS:
        created = await desk.make(one)
        assert (created.status, created.category) == (TemplateStatus.PENDING, one.category), one.name
        read = await desk.company.do(created.get)
        assert (read.name, read.language) == (one.name, GERMAN)
        assert [type(two) for two in read.components if not isinstance(two, dict)]
        assert {getattr(two, "type", None) for two in read.components} >= {
            two.type for two in one.components if not isinstance(two, dict)
        }
    assert not [record for record in caplog.records if "parse" in record.message or "Unknown" in record.message]
    page = await desk.company.do(desk.wa.get_templates, pagination=Pagination(limit=100))
    assert {one.name for one in KINDS} < {one.name for one in page}
    assert page.message_template_limit == 6000


async def test_a_template_is_approved_edited_and_deleted(desk: Desk) -> None:
    wa, do = desk.wa, desk.company.do
    created = await desk.make(template("order_here", ORDER))
    approved = await desk.heard(created.id, TemplateStatus.APPROVED)
    assert (approved.template_name, approved.category, approved.reason) == (
        "order_here", UTILITY, t.TemplateRejectionReason.NONE,
    )  # fmt: skip
    updated = await do(wa.update_template, created.id, new_components=[said(1)])
    assert updated.success
    await desk.company.until(lambda: bool(desk.components))
    assert desk.components[0].template_element == said(1).text
    with pytest.raises(errors.WhatsAppError, match="24 hours"):
        await do(wa.update_template, created.id, new_components=[said(2)])
    assert await do(wa.delete_template, "order_here", template_id=created.id)
    await desk.heard(created.id, TemplateStatus.DELETED)
    with pytest.raises(errors.WhatsAppError) as gone:
        await do(wa.get_template, created.id)
    assert gone.value.subcode == 33


async def test_refusals_say_what_would_be_right(desk: Desk) -> None:
    with pytest.raises(errors.WhatsAppError) as refused:
        await desk.make(template("edge", BodyText("Ihre Bestellung kommt bald an: {{1}}", "4711")))
    assert (refused.value.code, refused.value.subcode) == (100, 2388299)
    assert refused.value.user_title
    assert "components[0].text" in (refused.value.details or "")
    rejected = await desk.make(
        template("short", BodyText("Ihre Bestellung: https://bit.ly/x ansehen"), category=MARKETING)
    )
    update = await desk.heard(rejected.id, TemplateStatus.REJECTED)
    assert update.reason == t.TemplateRejectionReason.SCAM


async def test_quality_categories_and_pauses_are_told(desk: Desk) -> None:
    page = await desk.company.do(desk.wa.get_templates, name="parcel_tracking")
    [live] = list(page)
    await desk.judge(live.id, "rate", quality="RED")
    paused = await desk.heard(live.id, TemplateStatus.PAUSED)
    assert paused.other_info is not None
    assert paused.other_info.title == "FIRST_PAUSE"
    await desk.company.until(lambda: bool(desk.qualities))
    assert desk.qualities[0].new_quality_score == t.QualityScoreType.RED
    unpaused = await desk.company.do(desk.wa.unpause_template, live.id)
    assert not unpaused
    assert "resumes" in (unpaused.reason or "")
    await desk.judge(live.id, "recategorise", category="marketing")
    await desk.company.until(lambda: bool(desk.categories))
    assert (desk.categories[0].new_category, desk.categories[0].correct_category) == (UTILITY, MARKETING)
    await desk.judge(live.id, "disable", note="Enough.")
    assert (await desk.heard(live.id, TemplateStatus.DISABLED)).disable_info is not None
    read = await desk.company.do(desk.wa.get_template, live.id)
    assert read.quality_score is not None
    assert read.quality_score.score == t.QualityScoreType.RED


# pywa_async hands one body to httpx by a name that is going out of use.
@pytest.mark.filterwarnings("ignore:Use 'content:DeprecationWarning")
async def test_archive_compare_upsert_migrate_and_library(desk: Desk) -> None:
    wa, do = desk.wa, desk.company.do
    page = await do(wa.get_templates, name="autumn_offer")
    first, second = (one.id for one in page)
    archived = await do(wa.archive_templates, [first, "4999"])
    assert (archived.archived, set(archived.failed)) == ((first,), {"4999"})
    await desk.heard(first, TemplateStatus.ARCHIVED)
    assert (await do(wa.unarchive_templates, [first])).unarchived == (first,)
    now = dt.datetime.now(dt.UTC)
    compared = await do(wa.compare_templates, first, second, start=now - dt.timedelta(days=30), end=now)
    assert compared.times_sent == {first: 0, second: 0}
    made = await do(
        wa.upsert_authentication_template, name="sign_in", languages=[GERMAN, TemplateLanguage.ENGLISH_US],
        otp_button=t.CopyCodeOTPButton(), add_security_recommendation=True, code_expiration_minutes=5,
    )  # fmt: skip
    assert len(made) == 2
    migrated = await do(wa.migrate_templates, source_waba_id=desk.company.env["TAKT_WABA_ID"])
    assert not migrated.migrated
    assert len(migrated.failed) >= 9
    library = t.LibraryTemplate(
        name="shipped", library_template_name="order_shipped", category=UTILITY, language=GERMAN,
        library_template_button_inputs=[
            t.URLButton.library_input(base_url="https://nordwind.example/{{1}}", url_suffix_example="https://nordwind.example/1")
        ],
    )  # fmt: skip
    assert (await desk.make(library)).status == TemplateStatus.APPROVED
