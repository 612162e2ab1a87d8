"""Lists of places are read by their sounds, on pages of both languages."""

from booking.sites.rules.order import by_sound


def test_names_of_places_stand_by_their_sounds() -> None:
    by_code_point = sorted(["霞山区", "赤坎区", "坡头区", "麻章区", "廉江市", "雷州市", "吴川市", "遂溪县", "徐闻县"])

    by_ear = sorted(by_code_point, key=by_sound)

    assert by_ear == ["赤坎区", "雷州市", "廉江市", "麻章区", "坡头区", "遂溪县", "吴川市", "霞山区", "徐闻县"]
    assert by_code_point != by_ear


def test_a_character_of_two_sounds_is_read_as_in_the_name_of_the_place() -> None:
    names = ["重庆路考场", "长安考场", "成都路考场", "Yuntong", "中山考场"]

    assert sorted(names, key=by_sound) == ["Yuntong", "长安考场", "成都路考场", "重庆路考场", "中山考场"]
