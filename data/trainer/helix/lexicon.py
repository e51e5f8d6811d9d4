# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The words the corpus generator draws from."""

from __future__ import annotations

NOUNS = """
account address alert album answer archive article asset badge balance basket batch bill block board bookmark box branch
bucket budget buffer button cache calendar camera card cart catalog category channel chapter chart chat city client
cluster code collection column comment company config contact container contract counter country course credit customer
dashboard data database dataset deck device diagram document domain download draft driver email employee entry error
event example expense export feature feed field file filter folder font forecast form frame gallery game graph grid group
header history host image import index input inventory invoice item job journal key label language layer layout lead
ledger lesson letter library license limit line link list location log machine manual map market matrix meeting member
memo menu message metric model module monitor network node note notice number object offer order output package page panel
parcel partner patch path patient payment permit photo pipeline plan player plugin point policy pool post price printer
process product profile program project prompt quarter query queue quote rating receipt recipe record region release
report request reservation resource response result review reward robot role room route row rule sample scene schedule
schema score screen script section sensor server service session setting shape sheet ship shop signal site slide snapshot
song source space speaker stack stage station stock store stream street student study subject summary supplier survey
table tag target task team template tensor term test text theme thread ticket timeline token tool topic track trade
transaction transcript trip unit update upload user vector vehicle vendor version video view visit voice volume voucher
warehouse wallet weather website widget window word worker workflow workspace zone
""".split()

MODIFIERS = """
active annual archived backup basic big blue broken central cheap clean closed cloud cold common complete cool current
daily dark deep default deleted dirty draft early empty encoded external failed fast final first foreign free fresh full
future general global gold good green hidden hourly idle incoming internal invalid large last late legacy light live
local long main manual merged minor missing mobile monthly native nested new next normal old online open optional
outgoing paid partial pending plain popular previous primary private public random raw recent red related remote
required safe saved secondary secret selected shared short signed silent simple slow small sorted spare special stable
stale standard static strict strong system tiny top total trusted unread urgent valid verified virtual visible weak
weekly white whole yearly young
""".split()

ATTRIBUTES = """
age amount area author brand capacity city color cost count country created date delay depth distance duration email
format gender grade height id kind language latency level location mass name origin owner phone popularity power
price priority quality quantity rank rate rating reach region revenue salary score season size speed stage state status
temperature time title type value version views volume weight width year zip
""".split()

MODES = """
ascii base64 binary bold bytes capital celsius compact csv decimal encrypted fahrenheit grayscale hash hex html italic
json kebab lowercase markdown metric normalized octal pdf percent png rgb roman signed snake sparse svg text title unicode
uppercase utf8 vector xml yaml zip
""".split()

CONDITIONS = """
active approved available blocked cancelled complete confirmed damaged delayed delivered disabled enabled expired failed
finished flagged hidden inactive invalid late locked missing open overdue paid pending public ready refunded rejected
resolved returned shipped signed solved unpaid unread unused valid verified visible
""".split()

WORDS = """
admin alarm amber anchor apple april arrow autumn bamboo banana basil berry bird blossom bottle bread bridge bronze
butter candle canyon carbon castle cedar cherry circle clover cobalt coffee comet copper coral cotton crystal dancer
debug delta desert diamond dragon eagle ember engine falcon feather fire flower forest galaxy garden ginger glacier
glass grape harbor hazel honey horizon island ivory jasmine jungle kernel lantern laser lemon lily linen lion lotus
magnet mango maple marble meadow melon mercury mirror moon mountain music needle north ocean olive onion opal orange
orchid owl paper pattern pearl pepper phoenix piano pilot pine planet plum pocket pollen quartz rabbit rain raven
ribbon river rocket rose ruby saffron sailor salmon sapphire shadow silk silver sky smoke snow spark spice spring star
stone storm sugar summer sunset sword temple thunder tiger timber timeout topaz tower tulip valley velvet violet walnut
warning water willow wind winter wolf yellow zebra
""".split()

NAMES = """
Ada Alice Amir Anna Ben Bob Carla Carol Chen Clara Dan David Diana Elena Emma Eric Eva Felix Fiona Frank Grace Hana
Henry Ida Igor Iris Ivan Jack Jane Jonas Julia Karl Kim Lara Leo Lena Lina Lucas Maria Max Mia Mila Milo Nadia Nina
Noah Nora Olga Oscar Otto Paul Petra Rita Rosa Ruth Sam Sara Sofia Tara Theo Tim Tina Tom Uma Vera Victor Yuki Zoe
""".split()

EXTENSIONS = "bin cfg conf csv dat db html ini jpg json log md pdf png py sql svg toml txt wav xml yaml zip".split()
FOLDERS = "app backup bin cache config data docs home lib logs media reports scripts src temp tests users var web work".split()

# Keys of generated objects and what their values are: n number, t truth value, p person, w word.
KEYS = {"n": """age amount count cost day depth height hour id index level limit month offset page points port price rank
row score size speed step volume weight width x y year z""".split(),
        "t": "active admin closed debug done draft enabled hidden locked open public ready sorted valid verbose visible".split(),
        "p": "author friend name owner player user".split(),
        "w": "brand city code color kind label mode shape state status tag team theme title type".split()}

ONSETS = "b br c ch d dr f fl g gr h j k l m n p pl qu r s sh sl st t tr v w z".split()
VOWELS = "a e i o u ai ea ou".split()
CODAS = ["", "", "", "l", "m", "n", "r", "s", "t", "x", "nd", "sk"]

ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen""".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def plural(noun: str) -> str:
    """Return the regular plural of an English noun: entries, boxes, logs."""
    if noun[-1] == "y" and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "z", "ch", "sh")) else "s")


def number_words(number: int) -> str:
    """Return "forty-two" for 42; numbers 0 to 100 only."""
    if number == 100:
        return "one hundred"
    if number < 20:
        return ONES[number]
    tens, ones = TENS[number // 10 - 2], number % 10
    return f"{tens}-{ONES[ones]}" if ones else tens
