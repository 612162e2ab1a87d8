"""How a Chinese name sounds, by which it is filed. `people` loads it when the first name is stored."""

from pypinyin import lazy_pinyin

# Surnames that are read otherwise than the character usually is.
SURNAMES = {
    "曾": "zeng", "区": "ou", "单": "shan", "解": "xie", "仇": "qiu", "查": "zha", "朴": "piao", "覃": "qin",
    "翟": "zhai", "冼": "xian", "盖": "ge", "缪": "miao", "尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun",
}  # fmt: skip


def sort_key(name: str) -> str:
    """Return the sounds of a name, the surname read as a surname."""
    surname = next((s for s in sorted(SURNAMES, key=len, reverse=True) if name.startswith(s)), "")
    sounds = [*SURNAMES.get(surname, "").split(), *lazy_pinyin(name[len(surname) :])]
    return " ".join(sound.strip().lower() for sound in sounds)[:200]
