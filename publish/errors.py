"""The one exception a user is meant to read."""


class UserError(Exception):
    """The input is wrong and the user can mend it.

    The message says what is wrong, where, and what to do. The command lines
    print it and end with code 2, without a traceback.
    """
