"""The articles that the rules of inspections rest on, as pages cite them in both languages."""

from booking.kernel.errors import Wording

_NUMERALS = "一二三四五"


def _article_16(item: int) -> Wording:
    return Wording(
        f"《道路交通安全法实施条例》第十六条第（{_NUMERALS[item - 1]}）项",
        f"Implementing Regulations of the Road Traffic Safety Law, art. 16 ({item})",
    )


OPERATING_PASSENGER_16, TRUCKS_16, SMALL_PASSENGER_16, MOTORCYCLES_16, OTHERS_16 = map(_article_16, range(1, 6))
SCHOOL_BUS_20 = Wording("《校车安全管理条例》第二十条", "School Bus Safety Regulations, art. 20")
REFORM_2014 = Wording("2014年机动车检验改革", "Inspection reform of 2014")
REFORM_2020 = Wording("2020年机动车检验改革", "Inspection reform of 2020")
REFORM_2022 = Wording(
    "《关于深化机动车检验制度改革优化车检服务工作的意见》（2022年）",
    "Opinion on deepening the reform of vehicle inspection (2022)",
)

APPLICATION_54 = Wording("《机动车登记规定》（公安部令第164号）第五十四条", "Order 164, art. 54")
MARK_ONLY_55 = Wording("《机动车登记规定》（公安部令第164号）第五十五条", "Order 164, art. 55")
SCHOOL_BUS_62 = Wording("《机动车登记规定》（公安部令第164号）第六十二条", "Order 164, art. 62")
FINE_78 = Wording(
    "《道路交通安全法》第九十条、《机动车登记规定》（公安部令第164号）第七十八条",
    "Road Traffic Safety Law, art. 90; Order 164, art. 78",
)
THREE_POINTS_11 = Wording("《记分管理办法》（公安部令第163号）第十一条", "Order 163, art. 11")
ONE_POINT_12 = Wording("《记分管理办法》（公安部令第163号）第十二条", "Order 163, art. 12")
SCRAPPING_4 = Wording("《机动车强制报废标准规定》第四条", "Rules on Compulsory Scrapping (2012), art. 4")
AGENT_86 = Wording("《机动车登记规定》（公安部令第164号）第八十六条", "Order 164, art. 86")
COMPANY_89 = Wording("《机动车登记规定》（公安部令第164号）第八十九条", "Order 164, art. 89")
OFFICE_RULE = Wording("本车管所规定", "Rule of this office")
