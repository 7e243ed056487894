"""The press: makes PDF and XML of a document's value and proves them, in a process of its own (`python -m takt.press`).

The schematron engine brings down the whole process when two threads use it. So it runs nowhere else, in one thread.
"""
