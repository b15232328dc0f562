"""Our rules, by what they look at; every module here is imported when the rules are first asked for."""
