"""What the codes of a feature's categories stand for, Chinese and English; other categories are words already."""

from collections.abc import Mapping

_SECTIONS: Mapping[str, tuple[str, str]] = {
    "A": ("农、林、牧、渔业", "agriculture, forestry and fishing"),
    "B": ("采矿业", "mining"),
    "C": ("制造业", "manufacturing"),
    "D": ("电力、热力、燃气及水生产和供应业", "electricity, heat, gas and water"),
    "E": ("建筑业", "construction"),
    "F": ("批发和零售业", "wholesale and retail"),
    "G": ("交通运输、仓储和邮政业", "transport, storage and post"),
    "H": ("住宿和餐饮业", "accommodation and food"),
    "I": ("信息传输、软件和信息技术服务业", "information and software"),
    "J": ("金融业", "finance"),
    "K": ("房地产业", "real estate"),
    "L": ("租赁和商务服务业", "leasing and business services"),
    "M": ("科学研究和技术服务业", "research and technical services"),
    "N": ("水利、环境和公共设施管理业", "water, environment and public facilities"),
    "O": ("居民服务、修理和其他服务业", "household services and repair"),
    "P": ("教育", "education"),
    "Q": ("卫生和社会工作", "health and social work"),
    "R": ("文化、体育和娱乐业", "culture, sport and entertainment"),
    "S": ("公共管理、社会保障和社会组织", "public administration and organisations"),
    "T": ("国际组织", "international organisations"),
}
_DISTRICTS: Mapping[str, tuple[str, str]] = {
    "440303": ("罗湖区", "Luohu"),
    "440304": ("福田区", "Futian"),
    "440305": ("南山区", "Nanshan"),
    "440306": ("宝安区", "Bao'an"),
    "440307": ("龙岗区", "Longgang"),
    "440308": ("盐田区", "Yantian"),
    "440309": ("龙华区", "Longhua"),
    "440310": ("坪山区", "Pingshan"),
    "440311": ("光明区", "Guangming"),
    "440103": ("荔湾区", "Liwan"),
    "440104": ("越秀区", "Yuexiu"),
    "440105": ("海珠区", "Haizhu"),
    "440106": ("天河区", "Tianhe"),
    "440111": ("白云区", "Baiyun"),
    "440112": ("黄埔区", "Huangpu"),
    "440113": ("番禺区", "Panyu"),
    "440114": ("花都区", "Huadu"),
    "440115": ("南沙区", "Nansha"),
    "440117": ("从化区", "Conghua"),
    "440118": ("增城区", "Zengcheng"),
    "441302": ("惠城区", "Huicheng"),
    "441303": ("惠阳区", "Huiyang"),
    "441322": ("博罗县", "Boluo"),
    "441323": ("惠东县", "Huidong"),
    "441324": ("龙门县", "Longmen"),
}
_NAICS: Mapping[str, tuple[str, str]] = {
    "11": ("农林渔猎", "agriculture, forestry, fishing and hunting"),
    "21": ("采矿和油气", "mining, oil and gas"),
    "22": ("公用事业", "utilities"),
    "23": ("建筑", "construction"),
    "31": ("食品和纺织制造", "manufacturing: food and textiles"),
    "32": ("木材、纸张和化工制造", "manufacturing: wood, paper and chemicals"),
    "33": ("金属、机械和电子制造", "manufacturing: metals, machines and electronics"),
    "42": ("批发", "wholesale"),
    "44": ("零售(商店)", "retail: stores"),
    "45": ("零售(百货和其他)", "retail: general and other"),
    "48": ("运输", "transport"),
    "49": ("邮政快递和仓储", "couriers and warehousing"),
    "51": ("信息", "information"),
    "52": ("金融保险", "finance and insurance"),
    "53": ("房地产和租赁", "real estate and leasing"),
    "54": ("专业和技术服务", "professional and technical services"),
    "55": ("企业管理", "management of companies"),
    "56": ("行政支持和废物处理", "administrative support and waste"),
    "61": ("教育服务", "educational services"),
    "62": ("医疗和社会救助", "health care and social assistance"),
    "71": ("文娱体育", "arts, entertainment and recreation"),
    "72": ("住宿餐饮", "accommodation and food services"),
    "81": ("其他服务", "other services"),
    "92": ("公共管理", "public administration"),
}
_BY_UNIT: Mapping[str, Mapping[str, tuple[str, str]]] = {"section": _SECTIONS, "district": _DISTRICTS, "class": _NAICS}


def category_name(category: str, unit: str, language: str) -> str:
    """A category as a reader knows it: the name its code stands for, or its own word. unit: of the feature."""
    named = _BY_UNIT.get(unit, {}).get(category)
    return category if named is None else named[language == "en"]
