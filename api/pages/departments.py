"""Departments of contracts as pages tell them: contracts name them in Chinese."""

_DEPARTMENTS = {
    "交通": "Transport",
    "人社": "Human resources and social security",
    "住建": "Housing and construction",
    "住建(公积金)": "Housing and construction (housing fund)",
    "住建、园区": "Housing and construction, industrial parks",
    "供电": "Power supply",
    "信用办及各部门": "Credit office and all departments",
    "前海管理局": "Qianhai Authority",
    "各区/财政": "Districts, finance",
    "各部门": "All departments",
    "商圈平台": "Platforms of business districts",
    "国家信用中心": "National credit centre",
    "工信": "Industry and information technology",
    "市场监管": "Market regulation",
    "市场监管及各部门": "Market regulation and all departments",
    "平台": "This platform",
    "应急": "Emergency management",
    "担保、保险机构": "Guarantors and insurers",
    "政府性担保计划": "Government guarantee programme",
    "最高法": "Supreme People's Court",
    "水务": "Water supply",
    "法院": "Courts",
    "海关": "Customs",
    "消防": "Fire and rescue",
    "深i企、深金服、信易贷": "Financing platforms (深i企, 深金服, 信易贷)",
    "燃气": "Gas supply",
    "生态环境": "Ecology and environment",
    "知识产权": "Intellectual property",
    "知识产权、版权": "Intellectual property, copyright",
    "科技": "Science and technology",
    "科技、工信": "Science and technology, industry and information technology",
    "税务": "Taxation",
    "统一登记系统": "Unified registration system",
    "自然资源": "Natural resources",
    "财政/公共资源": "Finance, public resources",
    "银行": "Banks",
}


def department_told(name: str, language: str) -> str:
    """A department of a contract; one nobody knows any more keeps its name."""
    return name if language == "zh" else _DEPARTMENTS.get(name, name)
