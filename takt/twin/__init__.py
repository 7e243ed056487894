"""The twin: a simulated world of people and senders in which policies can be tried before anybody lives under them.

The world is a document of parameters. Policies see what a platform sees, never what the people are like; the admission
policy runs the very functions of `takt.core.admission` that decide in the product.
"""
