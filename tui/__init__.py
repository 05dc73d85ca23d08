"""The terminal UI: `tui.state` is what is known, `tui.work` what finds it out, `tui.view` shows it.

    from tui.app import ProverApp

`tui.state` knows neither Textual nor threads. LeanDojo is imported after the first screen is shown.
"""
