"""How hours are written in French: 8 h 45, on no two lines. What is not said here is Django's."""

TIME_FORMAT = "G\u00a0\\h\u00a0i"
DATETIME_FORMAT = f"j F Y, {TIME_FORMAT}"
SHORT_DATETIME_FORMAT = f"d/m/Y, {TIME_FORMAT}"
