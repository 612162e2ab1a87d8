"""In which order names of places stand in lists: by their sounds, as people look for them."""

# Names of places whose first character is read otherwise than it usually is: one of the same sound stands for it.
READ_AS = {"重庆": "虫庆", "厦门": "下门", "六安": "路安", "番禺": "潘禺"}


def by_sound(name: str) -> bytes:
    """Return what a name of a place is sorted by: 长安 as chang'an, 重庆 as chongqing; Latin names come first.

    GB 18030 has the 3,755 commonest characters in the order of their sounds, which names of places hardly ever leave.
    People's names do, and have a stored key.
    """
    for usual, read in READ_AS.items():
        name = name.replace(usual, read, 1) if name.startswith(usual) else name
    return name.encode("gb18030")
