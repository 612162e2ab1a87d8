"""When each kind and use is due, transcribed by hand from the law: nothing here is computed by the code under test.

A row: kind, use, seats (with `!` after an accident with casualties, `#` after a punished alteration), first
registration, the day asked, and the next duty from that day on: its day, its step, its article. Days are
anniversaries here (setting `registered_month_end` off), so that every border can be tried to the day.
"""

from datetime import date

import pytest

from booking.inspections.rules.due import next_duty
from booking.inspections.rules.facts import Use, VehicleFacts, VehicleKind
from booking.inspections.rules.settings import Settings

TO_THE_DAY = Settings(registered_month_end=False)

ARTICLES = {
    "16(1)": "Implementing Regulations of the Road Traffic Safety Law, art. 16 (1)",
    "16(2)": "Implementing Regulations of the Road Traffic Safety Law, art. 16 (2)",
    "16(3)": "Implementing Regulations of the Road Traffic Safety Law, art. 16 (3)",
    "16(4)": "Implementing Regulations of the Road Traffic Safety Law, art. 16 (4)",
    "16(5)": "Implementing Regulations of the Road Traffic Safety Law, art. 16 (5)",
    "bus20": "School Bus Safety Regulations, art. 20",
    "2014": "Inspection reform of 2014",
    "2020": "Inspection reform of 2020",
    "2022": "Opinion on deepening the reform of vehicle inspection (2022)",
}

TABLE = """
# Operating passenger vehicles: yearly to 5 years, then half-yearly. No reform reaches them.
small_passenger D 5  2010-03-15  2010-03-16  2011-03-15 test 16(1)
small_passenger D 5  2010-03-15  2011-03-15  2011-03-15 test 16(1)
small_passenger D 5  2010-03-15  2011-03-16  2012-03-15 test 16(1)
small_passenger D 5  2010-03-15  2014-03-16  2015-03-15 test 16(1)
small_passenger D 5  2010-03-15  2015-03-14  2015-03-15 test 16(1)
small_passenger D 5  2010-03-15  2015-03-15  2015-03-15 test 16(1)
small_passenger D 5  2010-03-15  2015-03-16  2015-09-15 test 16(1)  # past five years: half-yearly
small_passenger D 5  2010-03-15  2015-09-16  2016-03-15 test 16(1)
small_passenger D 5  2010-03-15  2022-09-30  2023-03-15 test 16(1)
small_passenger D 5  2010-03-15  2022-10-01  2023-03-15 test 16(1)
small_passenger T 5  2018-07-20  2022-10-01  2023-07-20 test 16(1)
small_passenger T 5  2018-07-20  2023-07-21  2024-01-20 test 16(1)
small_passenger C 9  2019-01-08  2020-11-20  2021-01-08 test 16(1)
small_passenger B 7  2019-01-08  2020-11-20  2021-01-08 test 16(1)
small_passenger E 7  2019-01-08  2024-01-09  2024-07-08 test 16(1)
small_passenger G 5  2021-05-05  2021-05-06  2022-05-05 test 16(1)
small_passenger G 5  2021-05-05  2026-05-06  2026-11-05 test 16(1)
small_passenger N 5  2021-05-05  2022-10-01  2023-05-05 test 16(1)
small_passenger N 5  2021-05-05  2026-05-06  2026-11-05 test 16(1)
small_passenger F 5  2021-05-05  2022-05-06  2023-05-05 test 16(1)
small_passenger R 5  2021-05-05  2022-05-06  2023-05-05 test 16(1)
minibus         D 8  2017-02-14  2022-02-13  2022-02-14 test 16(1)
minibus         D 8  2017-02-14  2022-02-15  2022-08-14 test 16(1)
large_passenger B 45 2019-06-01  2019-06-02  2020-06-01 test 16(1)
large_passenger B 45 2019-06-01  2024-05-31  2024-06-01 test 16(1)
large_passenger B 45 2019-06-01  2024-06-01  2024-06-01 test 16(1)
large_passenger B 45 2019-06-01  2024-06-02  2024-12-01 test 16(1)
large_passenger B 45 2019-06-01  2024-12-02  2025-06-01 test 16(1)
large_passenger C 30 2015-10-10  2020-10-11  2021-04-10 test 16(1)
large_passenger E 49 2015-10-10  2022-10-11  2023-04-10 test 16(1)
large_passenger T 19 2020-10-10  2022-10-01  2022-10-10 test 16(1)
large_passenger G 19 2020-10-10  2022-10-11  2023-10-10 test 16(1)
large_passenger N 30 2020-10-10  2025-10-11  2026-04-10 test 16(1)

# Trucks, whatever their use: yearly to 10 years, then half-yearly.
truck F 2 2008-06-30  2008-07-01  2009-06-30 test 16(2)
truck F 2 2008-06-30  2014-09-01  2015-06-30 test 16(2)
truck F 2 2008-06-30  2017-07-01  2018-06-30 test 16(2)
truck F 2 2008-06-30  2018-06-29  2018-06-30 test 16(2)
truck F 2 2008-06-30  2018-06-30  2018-06-30 test 16(2)
truck F 2 2008-06-30  2018-07-01  2018-12-30 test 16(2)  # past ten years: half-yearly
truck F 2 2008-06-30  2018-12-31  2019-06-30 test 16(2)
truck F 2 2008-06-30  2022-10-01  2022-12-30 test 16(2)
truck F 2 2008-08-31  2019-02-01  2019-02-28 test 16(2)  # a month without a 31st
truck F 2 2008-08-31  2019-03-01  2019-08-31 test 16(2)
truck F 2 2009-08-31  2020-01-01  2020-02-29 test 16(2)  # a leap year
truck F 2 2012-02-29  2012-03-01  2013-02-28 test 16(2)  # registered on a leap day
truck F 2 2012-02-29  2015-03-01  2016-02-29 test 16(2)
truck A 2 2016-09-09  2022-10-01  2023-09-09 test 16(2)
truck A 2 2016-09-09  2026-09-08  2026-09-09 test 16(2)
truck A 2 2016-09-09  2026-09-10  2027-03-09 test 16(2)
truck R 3 2016-09-09  2017-09-10  2018-09-09 test 16(2)
truck R 3 2016-09-09  2026-09-10  2027-03-09 test 16(2)
truck N 3 2016-09-09  2024-09-10  2025-09-09 test 16(2)
truck K 3 2016-09-09  2024-09-10  2025-09-09 test 16(2)
truck L 3 2016-09-09  2026-09-10  2027-03-09 test 16(2)

# Large and medium passenger vehicles not operating: like trucks.
large_passenger A 45 2010-05-05  2010-05-06  2011-05-05 test 16(2)
large_passenger A 45 2010-05-05  2014-09-01  2015-05-05 test 16(2)
large_passenger A 45 2010-05-05  2020-05-04  2020-05-05 test 16(2)
large_passenger A 45 2010-05-05  2020-05-05  2020-05-05 test 16(2)
large_passenger A 45 2010-05-05  2020-05-06  2020-11-05 test 16(2)
large_passenger A 45 2010-05-05  2022-10-01  2022-11-05 test 16(2)
large_passenger A 15 2016-05-05  2022-10-01  2023-05-05 test 16(2)  # medium
large_passenger H 35 2016-05-05  2018-05-06  2019-05-05 test 16(2)
large_passenger L 35 2016-05-05  2018-05-06  2019-05-05 test 16(2)
large_passenger Z 35 2016-05-05  2026-05-06  2026-11-05 test 16(2)

# Small private cars under the statute of 2004.
small_passenger A 5 2000-01-10  2000-01-11  2002-01-10 test 16(3)  # before 2004 as in 2004
small_passenger A 5 2000-01-10  2004-05-01  2006-01-10 test 16(3)
small_passenger A 5 2000-01-10  2006-01-09  2006-01-10 test 16(3)
small_passenger A 5 2000-01-10  2006-01-10  2006-01-10 test 16(3)
small_passenger A 5 2000-01-10  2006-01-11  2007-01-10 test 16(3)  # past six years: yearly
small_passenger A 5 2000-01-10  2013-01-11  2014-01-10 test 16(3)
small_passenger A 5 2000-01-10  2014-01-11  2015-01-10 test 16(3)
small_passenger A 5 2000-01-10  2015-01-09  2015-01-10 test 16(3)
small_passenger A 5 2000-01-10  2015-01-10  2015-01-10 test 16(3)
small_passenger A 5 2000-01-10  2015-01-11  2015-07-10 test 16(3)  # past fifteen years: half-yearly
small_passenger A 5 2000-01-10  2020-07-11  2021-01-10 test 16(3)  # the reform of 2020 left that
small_passenger A 5 2000-01-10  2022-01-11  2022-07-10 test 16(3)
small_passenger A 5 2000-01-10  2022-07-11  2023-01-10 test 2022   # and the reform of 2022 ended it
small_passenger A 5 2000-01-10  2023-01-11  2024-01-10 test 2022

# 2014-09-01, to the day: cars of up to six seats in their first six years need a mark only.
small_passenger A 5 2012-08-31  2014-08-30  2014-08-31 test 16(3)
small_passenger A 5 2012-09-01  2014-08-31  2014-09-01 mark 2014
small_passenger A 5 2012-09-02  2014-09-01  2014-09-02 mark 2014
small_passenger A 5 2010-08-31  2014-08-30  2014-08-31 test 16(3)
small_passenger A 5 2010-09-01  2014-08-31  2014-09-01 mark 2014
small_passenger A 5 2010-09-02  2014-09-01  2014-09-02 mark 2014
small_passenger A 5 2008-08-31  2014-08-30  2014-08-31 test 16(3)
small_passenger A 5 2008-09-01  2014-08-31  2014-09-01 test 16(3)  # the sixth year is a test
small_passenger A 5 2008-09-02  2014-09-01  2014-09-02 test 16(3)
small_passenger A 5 2007-09-01  2014-08-31  2014-09-01 test 16(3)  # past six years as before
small_passenger A 6 2012-09-01  2014-08-31  2014-09-01 mark 2014
small_passenger A 7 2012-09-01  2014-08-31  2014-09-01 test 16(3)  # seven seats: not in 2014
small_passenger A 8 2012-09-01  2014-08-31  2014-09-01 test 16(3)
small_passenger A 9 2012-09-01  2014-08-31  2014-09-01 test 16(3)
minibus         A 6 2012-09-01  2014-08-31  2014-09-01 test 16(3)  # minibuses: never
motorcycle      A 2 2012-08-31  2014-08-30  2014-08-31 test 16(4)
motorcycle      A 2 2012-09-01  2014-08-31  2014-09-01 test 16(4)  # motorcycles: not in 2014
motorcycle      A 2 2012-09-02  2014-09-01  2014-09-02 test 16(4)

# Between 2014 and 2020.
small_passenger A 5 2013-03-03  2014-09-01  2015-03-03 mark 2014
small_passenger A 5 2013-03-03  2015-03-04  2017-03-03 mark 2014
small_passenger A 5 2013-03-03  2017-03-04  2019-03-03 test 16(3)
small_passenger A 5 2013-03-03  2019-03-04  2020-03-03 test 16(3)
small_passenger A 7 2013-03-03  2014-09-01  2015-03-03 test 16(3)
small_passenger A 7 2013-03-03  2019-03-04  2020-03-03 test 16(3)

# 2020-11-20, to the day: seven to nine seats.
small_passenger A 7 2018-11-19  2020-11-18  2020-11-19 test 16(3)
small_passenger A 7 2018-11-20  2020-11-19  2020-11-20 mark 2020
small_passenger A 7 2018-11-21  2020-11-20  2020-11-21 mark 2020
small_passenger A 9 2016-11-19  2020-11-18  2020-11-19 test 16(3)
small_passenger A 9 2016-11-20  2020-11-19  2020-11-20 mark 2020
small_passenger A 9 2016-11-21  2020-11-20  2020-11-21 mark 2020
small_passenger A 8 2014-11-19  2020-11-18  2020-11-19 test 16(3)
small_passenger A 8 2014-11-20  2020-11-19  2020-11-20 test 2020
small_passenger A 5 2018-11-19  2020-11-18  2020-11-19 mark 2014
small_passenger A 5 2018-11-20  2020-11-19  2020-11-20 mark 2020
small_passenger A 5 2014-11-19  2020-11-18  2020-11-19 test 16(3)
small_passenger A 5 2014-11-20  2020-11-19  2020-11-20 test 2020
small_passenger A 10 2018-11-20 2020-11-19  2020-11-20 test 16(3)  # ten seats: never
minibus         A 7 2018-11-20  2020-11-19  2020-11-20 test 16(3)

# 2020-11-20, to the day: years 6 to 10 every two years.
small_passenger A 5 2013-11-19  2020-11-18  2020-11-19 test 16(3)
small_passenger A 5 2013-11-20  2020-11-18  2021-11-20 test 2020   # the seventh year fell away
small_passenger A 5 2013-11-21  2020-11-18  2021-11-21 test 2020
small_passenger A 5 2011-11-19  2020-11-18  2020-11-19 test 16(3)
small_passenger A 5 2011-11-20  2020-11-18  2021-11-20 test 2020   # the ninth year fell away
small_passenger A 5 2011-11-21  2020-11-18  2021-11-21 test 2020
small_passenger A 5 2010-11-19  2020-11-18  2020-11-19 test 16(3)
small_passenger A 5 2010-11-20  2020-11-19  2020-11-20 test 2020
small_passenger A 5 2009-11-20  2020-11-19  2020-11-20 test 16(3)  # past ten years as before
small_passenger A 5 2004-11-20  2020-05-21  2020-11-20 test 16(3)
minibus         A 7 2013-11-20  2020-11-18  2020-11-20 test 16(3)

# 2020-11-20, to the day: motorcycles.
motorcycle A 2 2018-11-19  2020-11-18  2020-11-19 test 16(4)
motorcycle A 2 2018-11-20  2020-11-19  2020-11-20 mark 2020
motorcycle A 2 2018-11-21  2020-11-20  2020-11-21 mark 2020
motorcycle A 2 2016-11-19  2020-11-18  2020-11-19 test 16(4)
motorcycle A 2 2016-11-20  2020-11-19  2020-11-20 mark 2020
motorcycle A 2 2016-11-21  2020-11-20  2020-11-21 mark 2020
motorcycle A 2 2015-11-19  2020-11-18  2020-11-19 test 16(4)
motorcycle A 2 2015-11-20  2020-11-18  2021-11-20 test 2020   # the fifth year fell away
motorcycle A 2 2015-11-21  2020-11-18  2021-11-21 test 2020
motorcycle A 2 2014-11-19  2020-11-18  2020-11-19 test 16(4)
motorcycle A 2 2014-11-20  2020-11-19  2020-11-20 test 2020
motorcycle A 2 2013-11-20  2020-11-19  2020-11-20 test 2020   # yearly from six to ten
motorcycle A 2 2010-11-20  2020-11-19  2020-11-20 test 2020
motorcycle A 2 2009-11-20  2020-11-19  2020-11-20 test 16(4)

# 2022-10-01, to the day: cars.
small_passenger A 5 2020-09-30  2022-09-29  2022-09-30 mark 2020
small_passenger A 5 2020-10-01  2022-09-30  2022-10-01 mark 2022
small_passenger A 5 2020-10-02  2022-10-01  2022-10-02 mark 2022
small_passenger A 5 2016-09-30  2022-09-29  2022-09-30 test 2020
small_passenger A 5 2016-10-01  2022-09-30  2022-10-01 test 2022
small_passenger A 5 2016-10-02  2022-10-01  2022-10-02 test 2022
small_passenger A 5 2014-09-30  2022-09-29  2022-09-30 test 2020
small_passenger A 5 2014-10-01  2022-09-30  2022-10-01 mark 2022   # the eighth year: a mark only
small_passenger A 5 2014-10-02  2022-10-01  2022-10-02 mark 2022
small_passenger A 9 2014-10-01  2022-09-30  2022-10-01 mark 2022
small_passenger A 10 2014-10-01 2022-09-30  2022-10-01 test 16(3)
small_passenger A 5 2012-09-30  2022-09-29  2022-09-30 test 2020
small_passenger A 5 2012-10-01  2022-09-30  2022-10-01 test 2022
small_passenger A 5 2012-10-02  2022-10-01  2022-10-02 test 2022
small_passenger A 5 2007-03-30  2022-09-29  2022-09-30 test 16(3)  # half a year past fifteen
small_passenger A 5 2007-04-01  2022-04-02  2023-04-01 test 2022   # the half-years fell away
small_passenger A 5 2007-04-02  2022-04-03  2023-04-02 test 2022

# 2022-10-01, to the day: motorcycles.
motorcycle A 2 2016-09-30  2022-09-29  2022-09-30 test 2020
motorcycle A 2 2016-10-01  2022-09-30  2022-10-01 test 2022
motorcycle A 2 2015-09-30  2022-09-29  2022-09-30 test 2020
motorcycle A 2 2015-10-01  2022-09-30  2023-10-01 mark 2022   # the seventh year fell away
motorcycle A 2 2015-10-02  2022-09-30  2023-10-02 mark 2022
motorcycle A 2 2014-09-30  2022-09-29  2022-09-30 test 2020
motorcycle A 2 2014-10-01  2022-09-30  2022-10-01 mark 2022
motorcycle A 2 2014-10-02  2022-10-01  2022-10-02 mark 2022
motorcycle A 2 2013-09-30  2022-09-29  2022-09-30 test 2020
motorcycle A 2 2013-10-01  2022-09-30  2023-10-01 test 2022   # the ninth year fell away
motorcycle A 2 2012-10-01  2022-09-30  2022-10-01 test 2022
motorcycle A 2 2011-10-01  2022-09-30  2022-10-01 test 2022

# Every age of a car and a motorcycle under the reform of 2022.
small_passenger A 5 2022-10-08  2022-10-09  2024-10-08 mark 2022
small_passenger A 5 2022-10-08  2024-10-08  2024-10-08 mark 2022
small_passenger A 5 2022-10-08  2024-10-09  2026-10-08 mark 2022
small_passenger A 5 2022-10-08  2026-10-09  2028-10-08 test 2022
small_passenger A 5 2022-10-08  2028-10-07  2028-10-08 test 2022
small_passenger A 5 2022-10-08  2028-10-08  2028-10-08 test 2022
small_passenger A 5 2022-10-08  2028-10-09  2030-10-08 mark 2022
small_passenger A 5 2022-10-08  2030-10-09  2032-10-08 test 2022
small_passenger A 5 2022-10-08  2032-10-07  2032-10-08 test 2022
small_passenger A 5 2022-10-08  2032-10-08  2032-10-08 test 2022
small_passenger A 5 2022-10-08  2032-10-09  2033-10-08 test 2022   # past ten years: yearly
small_passenger A 5 2022-10-08  2037-10-08  2037-10-08 test 2022
small_passenger A 5 2022-10-08  2037-10-09  2038-10-08 test 2022   # and past fifteen too
motorcycle      A 2 2022-10-08  2022-10-09  2024-10-08 mark 2022
motorcycle      A 2 2022-10-08  2026-10-09  2028-10-08 test 2022
motorcycle      A 2 2022-10-08  2028-10-09  2030-10-08 mark 2022
motorcycle      A 2 2022-10-08  2030-10-09  2032-10-08 test 2022
motorcycle      A 2 2022-10-08  2032-10-09  2033-10-08 test 2022

# Motorcycles under the statute, and those excepted from the reforms.
motorcycle A 2  2005-05-20  2005-05-21  2007-05-20 test 16(4)
motorcycle A 2  2005-05-20  2009-05-19  2009-05-20 test 16(4)
motorcycle A 2  2005-05-20  2009-05-20  2009-05-20 test 16(4)
motorcycle A 2  2005-05-20  2009-05-21  2010-05-20 test 16(4)  # past four years: yearly
motorcycle A 2! 2021-05-20  2022-10-01  2023-05-20 test 16(4)
motorcycle A 2! 2021-05-20  2025-05-21  2026-05-20 test 16(4)
motorcycle A 2# 2021-05-20  2022-10-01  2023-05-20 test 16(4)
motorcycle D 2  2021-05-20  2022-10-01  2023-05-20 mark 2022   # of motorcycles the use does not count
motorcycle Z 2  2021-05-20  2022-10-01  2023-05-20 mark 2022

# Cars excepted from the reforms keep the statute: minibus, accident, alteration, unknown use.
minibus         A 7  2016-04-01  2018-04-01  2018-04-01 test 16(3)
minibus         A 7  2016-04-01  2022-04-02  2023-04-01 test 16(3)
minibus         A 7  2016-04-01  2031-04-02  2031-10-01 test 16(3)
minibus         L 7  2016-04-01  2022-04-02  2023-04-01 test 16(3)
small_passenger A 5! 2016-04-01  2016-04-02  2018-04-01 test 16(3)
small_passenger A 5! 2016-04-01  2022-04-02  2023-04-01 test 16(3)
small_passenger A 5! 2016-04-01  2031-04-02  2031-10-01 test 16(3)
small_passenger A 5# 2016-04-01  2016-04-02  2018-04-01 test 16(3)
small_passenger A 5# 2016-04-01  2023-04-02  2024-04-01 test 16(3)
small_passenger A 5# 2016-04-01  2031-04-02  2031-10-01 test 16(3)
small_passenger Z 5  2016-04-01  2016-04-02  2018-04-01 test 16(3)
small_passenger Z 5  2016-04-01  2023-04-02  2024-04-01 test 16(3)

# Cars in public service, and those taken out of operation, are judged as the private cars they are.
small_passenger H 5  2021-08-08  2022-10-01  2023-08-08 mark 2022
small_passenger I 5  2021-08-08  2022-10-01  2023-08-08 mark 2022
small_passenger J 5  2021-08-08  2022-10-01  2023-08-08 mark 2022
small_passenger K 5  2021-08-08  2022-10-01  2023-08-08 mark 2022
small_passenger L 5  2021-08-08  2022-10-01  2023-08-08 mark 2022
small_passenger M 5  2021-08-08  2027-08-07  2027-08-08 test 2022
small_passenger U 5  2021-08-08  2027-08-09  2029-08-08 mark 2022

# School buses, built as such or under a school bus sign: half-yearly for life.
school_bus      S 30 2018-09-01  2018-09-02  2019-03-01 test bus20
school_bus      S 30 2018-09-01  2019-02-28  2019-03-01 test bus20
school_bus      S 30 2018-09-01  2019-03-01  2019-03-01 test bus20
school_bus      S 30 2018-09-01  2019-03-02  2019-09-01 test bus20
school_bus      S 30 2018-09-01  2022-10-01  2023-03-01 test bus20
school_bus      S 30 2018-08-31  2018-09-01  2019-02-28 test bus20
school_bus      A 30 2018-09-01  2018-09-02  2019-03-01 test bus20
school_bus      B 30 2018-09-01  2018-09-02  2019-03-01 test bus20
large_passenger O 25 2018-09-01  2018-09-02  2019-03-01 test bus20
large_passenger P 40 2018-09-01  2028-09-02  2029-03-01 test bus20
large_passenger Q 40 2018-09-01  2020-09-02  2021-03-01 test bus20
small_passenger O 7  2021-09-01  2022-10-01  2023-03-01 test bus20  # no reform for a car that carries pupils
minibus         P 9  2021-09-01  2021-09-02  2022-03-01 test bus20

# Special-purpose and all other vehicles: yearly.
other A 2 2015-12-12  2015-12-13  2016-12-12 test 16(5)
other A 2 2015-12-12  2022-10-01  2022-12-12 test 16(5)
other A 2 2015-12-12  2025-12-11  2025-12-12 test 16(5)
other A 2 2015-12-12  2025-12-12  2025-12-12 test 16(5)
other A 2 2015-12-12  2025-12-13  2026-12-12 test 16(5)
other I 6 2015-12-12  2030-12-13  2031-12-12 test 16(5)
other J 6 2015-12-12  2030-12-13  2031-12-12 test 16(5)
other F 2 2015-12-12  2030-12-13  2031-12-12 test 16(5)
other Z 2 2015-12-12  2030-12-13  2031-12-12 test 16(5)
"""
ROWS = [row for line in TABLE.splitlines() if (row := " ".join(line.partition("  #")[0].split())) and row[0] != "#"]


def vehicle(kind: str, use: str, seats: str, registered_on: str) -> VehicleFacts:
    """The vehicle of a row."""
    return VehicleFacts(
        VehicleKind(kind),
        Use(use),
        int(seats.strip("!#")),
        date.fromisoformat(registered_on),
        had_casualty_accident="!" in seats,
        was_altered="#" in seats,
    )


@pytest.mark.parametrize("row", ROWS)
def test_a_vehicle_is_next_due(row: str) -> None:
    kind, use, seats, registered_on, asked, due_on, step, article = row.split()

    duty = next_duty(vehicle(kind, use, seats, registered_on), today=date.fromisoformat(asked), settings=TO_THE_DAY)

    assert duty.due_on == date.fromisoformat(due_on)
    assert duty.step.value == {"test": "line_test", "mark": "mark_only"}[step]
    assert duty.basis.en == ARTICLES[article]


def test_the_table_is_as_large_as_promised_and_says_nothing_twice() -> None:
    assert len(ROWS) >= 200
    assert len(set(ROWS)) == len(ROWS)
    assert {row.split()[0] for row in ROWS} == set(VehicleKind)
    assert {row.split()[1] for row in ROWS} == set(Use)
    assert {row.split()[-1] for row in ROWS} == set(ARTICLES)
