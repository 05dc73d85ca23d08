"""Models that propose tactics, run by CTranslate2 on this machine: the built-in one, and any other."""
