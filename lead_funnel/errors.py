"""The one exception a user is meant to read."""


class UserError(Exception):
    """Something in the input or the setting is wrong, and the user can fix it.

    The message is one sentence or two: what is wrong, where, and what to do.
    The command line prints it and ends with code 2, without a traceback.
    """


class TooYoungError(UserError):
    """There are not yet enough settled outcomes: nothing is wrong, only early."""
