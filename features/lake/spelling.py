"""What different spellings of one company name share, and what a branch's name says of its parent."""

import polars as pl

_TRADITIONAL = (
    "萬與業東絲兩嚴喪個豐臨為麗舉義烏樂習鄉書買亂爭於虧雲亞產畝親億僅從侖倉儀們價眾優會傘偉傳傷倫偽體餘傭僑側"
    "備傑儲兒兌黨蘭關興養獸內岡冊寫軍農馮衝決況凍淨準涼減湊幾鳳憑凱擊鑿劃劉則剛創刪別製劑劍劇勸辦務動勵勁勞勢勝"
    "區醫華協單賣盧衛卻廠廳歷厲壓廁廈縣雙發變敘號嘆吳聽啟員園圍國圖圓聖場壞塊堅壇墳墜壘處復夠頭誇夾奪奮獎婦媽嬰"
    "孫學寧寶實審憲宮寬賓寢對尋導壽將爾塵嘗層屬岡島峽嶺幣帥師帳帶幫廣莊慶廬庫應廟開異張彌彎彈強歸當錄徹徑從懷態"
    "總戀惡慣懸懲戲戰戶撲執擴掃揚擾撫搶護報擔擬擁擇掛揮損換據斷無舊時曠曉暈暫術機殺雜權條來楊極構樣標棟樹橋檢樓歐"
    "歡歲殘殼毀畢氣漢湯溝沒瀘淚潔測濟瀏濃濤濱滅燈靈災爐點煉爛熱煙狀獨獵環現瑪電畫暢療瘋皺監盤盡礦碼磚確禮禪離種積"
    "稱穩窮竊競筆築簡簽籃糧紅級紀純紗納紐線練組細織終紹經結繪給絡統絹綠維綜緊網緒續編緣縮績纖羅罰職聯聰腦腳臉臨艦"
    "藝節蘇蘋範藥莖蓋蔣藍虛蟲蠶補裝見規視覽覺觀訂計認討讓訓議訊記講許論設訪證評識訴診詞譯試詩誠話該詳語誤說請諸課"
    "調談謀謝謙謹譜貝負財責賢敗賬貨質販貪貧購貯貫貴貸貿費賀資賦賭賞賠賴賺賽贈趙趕躍車軌軒轉輪軟載輕較輔輛輝輸辭邊"
    "達遷過運還這進遠違連遲適選遞遺鄧鄭鄰醬釋針釣鈣鋼鑰鐘鈉鈴鉛銀銅銘銷鎖鍋鋪錯錢鍵鎮鏡長門閃閉問閑間閩聞閱閣隊陽陰"
    "陣階際陸陳險隨隱雞難霧韓頁頂項順須顧頓預領頻題額顏風飛飯飲飾館馬馳駕駱驗騎騰驅魚魯鮮鳥鴻麥黃齊齒龍龐龜"
)
_SIMPLIFIED = (
    "万与业东丝两严丧个丰临为丽举义乌乐习乡书买乱争于亏云亚产亩亲亿仅从仑仓仪们价众优会伞伟传伤伦伪体余佣侨侧"
    "备杰储儿兑党兰关兴养兽内冈册写军农冯冲决况冻净准凉减凑几凤凭凯击凿划刘则刚创删别制剂剑剧劝办务动励劲劳势胜"
    "区医华协单卖卢卫却厂厅历厉压厕厦县双发变叙号叹吴听启员园围国图圆圣场坏块坚坛坟坠垒处复够头夸夹夺奋奖妇妈婴"
    "孙学宁宝实审宪宫宽宾寝对寻导寿将尔尘尝层属冈岛峡岭币帅师帐带帮广庄庆庐库应庙开异张弥弯弹强归当录彻径从怀态"
    "总恋恶惯悬惩戏战户扑执扩扫扬扰抚抢护报担拟拥择挂挥损换据断无旧时旷晓晕暂术机杀杂权条来杨极构样标栋树桥检楼欧"
    "欢岁残壳毁毕气汉汤沟没泸泪洁测济浏浓涛滨灭灯灵灾炉点炼烂热烟状独猎环现玛电画畅疗疯皱监盘尽矿码砖确礼禅离种积"
    "称稳穷窃竞笔筑简签篮粮红级纪纯纱纳纽线练组细织终绍经结绘给络统绢绿维综紧网绪续编缘缩绩纤罗罚职联聪脑脚脸临舰"
    "艺节苏苹范药茎盖蒋蓝虚虫蚕补装见规视览觉观订计认讨让训议讯记讲许论设访证评识诉诊词译试诗诚话该详语误说请诸课"
    "调谈谋谢谦谨谱贝负财责贤败账货质贩贪贫购贮贯贵贷贸费贺资赋赌赏赔赖赚赛赠赵赶跃车轨轩转轮软载轻较辅辆辉输辞边"
    "达迁过运还这进远违连迟适选递遗邓郑邻酱释针钓钙钢钥钟钠铃铅银铜铭销锁锅铺错钱键镇镜长门闪闭问闲间闽闻阅阁队阳阴"
    "阵阶际陆陈险随隐鸡难雾韩页顶项顺须顾顿预领频题额颜风飞饭饮饰馆马驰驾骆验骑腾驱鱼鲁鲜鸟鸿麦黄齐齿龙庞龟"
)
_FORMS = {
    "有限责任公司": "有限公司",
    "股份公司": "股份有限公司",
    "(有限合伙)": "有限合伙",
    "(普通合伙)": "普通合伙",
    "(特殊普通合伙)": "特殊普通合伙",
}
_PARENT = r"^(.*(?:公司|合伙|合作社|集团|厂|银行)).*(?:分公司|分行|支行|营业部|营业所|门店|分店|办事处|分厂)$"

_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃"
    "|青海|内蒙古|广西|西藏|宁夏|新疆"
)
_CITIES = "深圳|广州|珠海|汕头|佛山|韶关|湛江|肇庆|江门|茂名|惠州|梅州|汕尾|河源|阳江|清远|东莞|中山|潮州|揭阳|云浮"
_REGION = rf"(?:(?:{_PROVINCES})(?:省|市|(?:壮族|回族|维吾尔)?自治区)?)?(?:(?:{_CITIES})市?)?"
_FORM = "(股份有限公司|有限公司|特殊普通合伙|普通合伙|有限合伙|合作社)$"
_DISTRICT = r"^(?:[^省市]*省)?(?:[^市]*市)?([^省市]{1,6}?[区县])"
_STREET = r"[区县](?:[^区县0-9]{1,8}街道)?([^区县0-9]{1,12}?(?:大道|路|街|巷))"
SHOP = "店"
"""Stands in the place of the form in the key of a name that has none."""


def name_key(name: pl.Expr) -> pl.Expr:
    """What the spellings of one name share.

    Half-width characters, upper case, one kind of brackets, no blanks, dots or quotes, simplified characters, one
    word for each legal form.
    """
    bare = name.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"""[\s·•・.'"“”‘’「」『』]""", "")
    bracketed = bare.str.replace_all(r"[\[{〔【〈《]", "(").str.replace_all(r"[\]}〕】〉》]", ")")
    simplified = bracketed.str.replace_many(list(_TRADITIONAL), list(_SIMPLIFIED))
    return simplified.str.replace_many(list(_FORMS), list(_FORMS.values()), leftmost=True)


def parent_key(key: pl.Expr) -> pl.Expr:
    """The key of the enterprise whose branch a name names; null for what names no branch."""
    parent = key.str.extract(_PARENT, 1)
    return pl.when(parent != key).then(parent)


def trade_key(key: pl.Expr, address: pl.Expr) -> pl.Expr:
    """Trade name with its word for the industry, form, and district of the address; null where one is missing.

    A region may stand in front, in brackets, or not at all. Two names that differ in the word for the industry are
    two names by law, so it stays in. A shop's name, which has no form and is no branch's, wants the street too: many
    sole traders of a district bear one name. No feed that leaves out the code tells the hash of a shop's operator.
    """
    form = key.str.extract(_FORM, 1)
    bare = key.str.replace(_FORM, "").str.replace(rf"\({_REGION}\)", "").str.replace(f"^{_REGION}", "")
    place = address.str.normalize("NFKC")
    district, street = place.str.extract(_DISTRICT, 1), place.str.extract(_STREET, 1)
    firm = pl.concat_str(bare, form, district, separator="|")
    shop = pl.concat_str(bare.str.strip_prefix(district), pl.lit(SHOP), district, street, separator="|")
    is_shop = form.is_null() & parent_key(key).is_null()
    return pl.when(bare.str.len_chars() >= 2).then(pl.when(is_shop).then(shop).otherwise(firm))
