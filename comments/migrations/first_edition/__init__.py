"""The words of guideline edition 1, in every language of the house. Literals only.

A package and not a module: Django takes every module beside the migrations for a migration, and skips packages.
"""

EXPECTATIONS = {
    "en": (
        "A person on our staff reads every comment before it is shown. We are glad of comments that keep to the "
        "story and take the discussion further, and we welcome constructive criticism, of this newsroom too. We "
        "never edit a comment: it is approved as it stands, or it is rejected. A comment that breaks one of these "
        "guidelines is rejected, and its writer can see which one."
    ),
    "ar": (
        "يقرأ أحد العاملين لدينا كل تعليق قبل ظهوره. نرحب بالتعليقات المتصلة بموضوع الخبر التي تغني النقاش، ونرحب "
        "كذلك بالنقد البنّاء، ومنه نقد عملنا في غرفة الأخبار. لا نعدّل أي تعليق أبداً: فإما أن يُقبل كما هو وإما أن "
        "يُرفض. والتعليق الذي يخالف أحد هذه الإرشادات يُرفض، ويستطيع كاتبه أن يعرف أي إرشاد خالف."
    ),
    "ckb": (
        "هەموو کۆمێنتێک پێش ئەوەی پیشان بدرێت لەلایەن کارمەندێکی ئێمەوە دەخوێنرێتەوە. پێشوازی لەو کۆمێنتانە دەکەین "
        "کە پەیوەندییان بە بابەتەکەوە هەیە و گفتوگۆکە دەوڵەمەندتر دەکەن، هەروەها لە ڕەخنەی بنیاتنەر، ئەگەر لە خودی "
        "ئێمەش بێت. هیچ کۆمێنتێک دەستکاری ناکەین: یان وەک خۆی پەسەند دەکرێت یان ڕەت دەکرێتەوە. کۆمێنتێک یەکێک لەم "
        "ڕێنماییانە پێشێل بکات ڕەت دەکرێتەوە، و نووسەرەکەی دەتوانێت ببینێت کامەیان بووە."
    ),
    "ku": (
        "Her şîrove berî ku bê nîşandan ji aliyê xebatkarekî me ve tê xwendin. Em bi kêfxweşî şîroveyên ku bi babetê "
        "ve girêdayî ne û gotûbêjê pêş ve dibin qebûl dikin; rexneya avaker, a li ser xebata me jî, bi xêr tê. Em tu "
        "şîroveyê naguherînin: an wekî xwe tê pejirandin an jî tê redkirin. Şîroveya ku yek ji van rêbernameyan "
        "bişkîne tê redkirin, û nivîskarê wê dikare bibîne ka kîjan e."
    ),
    "tr": (
        "Her yorum yayımlanmadan önce ekibimizden biri tarafından okunur. Haberle ilgili olan ve tartışmayı ileri "
        "götüren yorumlardan memnuniyet duyarız; haber merkezimize yönelik olanlar dahil, yapıcı eleştirilere de "
        "açığız. Hiçbir yorumu değiştirmeyiz: Yorum ya olduğu gibi onaylanır ya da reddedilir. Bu kurallardan birine "
        "uymayan yorum reddedilir ve yazan kişi hangisine uymadığını görebilir."
    ),
}

GUIDELINES = [
    {
        "code": "profanity",
        "position": 1,
        "wordings": {
            "en": {
                "title": "No profanity",
                "text": (
                    "Leave out swear words and curses, also those half hidden behind stars or dots. Strong feelings "
                    "can be put in plain words."
                ),
            },
            "ar": {
                "title": "لا شتائم ولا ألفاظ نابية",
                "text": (
                    "تجنّب السباب والألفاظ النابية، حتى لو أُخفي بعض حروفها خلف نجوم أو نقاط. يمكن التعبير عن أقوى "
                    "المشاعر بكلمات عادية."
                ),
            },
            "ckb": {
                "title": "جوێن مەدە",
                "text": (
                    "جوێن و قسەی ناشیرین مەنووسە، تەنانەت ئەگەر هەندێک لە پیتەکانیش بە ئەستێرە یان خاڵ شاردرابنەوە. "
                    "هەستی توندیش دەکرێت بە وشەی ئاسایی دەرببڕدرێت."
                ),
            },
            "ku": {
                "title": "Bê çêr",
                "text": (
                    "Çêr û gotinên nebaş nenivîse, her çend hin tîpên wan bi stêrk an xalan hatibin veşartin jî. "
                    "Hestên xurt jî dikarin bi gotinên asayî bên derbirîn."
                ),
            },
            "tr": {
                "title": "Küfür yok",
                "text": (
                    "Küfür ve sövgü sözcükleri kullanmayın; harflerini yıldız ya da noktayla gizlemek de bunu "
                    "değiştirmez. Güçlü duygular sade sözcüklerle de anlatılabilir."
                ),
            },
        },
    },
    {
        "code": "threats",
        "position": 2,
        "wordings": {
            "en": {
                "title": "No threats",
                "text": (
                    "Do not threaten anyone, wish them harm or call on others to harm them. This holds for jokes too."
                ),
            },
            "ar": {
                "title": "لا تهديدات",
                "text": "لا تهدّد أحداً، ولا تتمنَّ له الأذى، ولا تدعُ غيرك إلى إيذائه. وينطبق ذلك على المزاح أيضاً.",
            },
            "ckb": {
                "title": "هەڕەشە مەکە",
                "text": (
                    "هەڕەشە لە کەس مەکە، زیانی بۆ مەخوازە و داوا لە خەڵکی تر مەکە زیانی پێ بگەیەنن. ئەمە گاڵتەش "
                    "دەگرێتەوە."
                ),
            },
            "ku": {
                "title": "Bê gef",
                "text": (
                    "Gefan li kesî nexwe, ziyana kesî nexwaze û bang li kesên din neke ku ziyanê bidin wan. Ev ji bo "
                    "henekan jî derbas dibe."
                ),
            },
            "tr": {
                "title": "Tehdit yok",
                "text": (
                    "Kimseyi tehdit etmeyin, kimsenin zarar görmesini dilemeyin, başkalarını zarar vermeye "
                    "çağırmayın. Bu, şakalar için de geçerlidir."
                ),
            },
        },
    },
    {
        "code": "personal-attacks",
        "position": 3,
        "wordings": {
            "en": {
                "title": "No personal attacks",
                "text": (
                    "Argue with what people say and do. Do not insult, mock or belittle the person, whether another "
                    "reader, somebody in the story or the one who wrote it."
                ),
            },
            "ar": {
                "title": "لا هجوم على الأشخاص",
                "text": (
                    "ناقش أقوال الناس وأفعالهم، ولا تُهِن الشخص نفسه أو تسخر منه أو تقلّل من شأنه، سواء أكان قارئاً "
                    "آخر أم شخصاً ورد ذكره في الخبر أم كاتبه."
                ),
            },
            "ckb": {
                "title": "هێرش مەکە سەر کەسەکان",
                "text": (
                    "گفتوگۆ لەسەر گوفتار و کرداری خەڵک بکە. سووکایەتی بە کەسەکە خۆی مەکە و گاڵتەی پێ مەکە، جا "
                    "خوێنەرێکی تر بێت، کەسێکی ناو بابەتەکە بێت یان نووسەرەکەی."
                ),
            },
            "ku": {
                "title": "Bê êrîşên kesane",
                "text": (
                    "Li ser gotin û kirinên mirovan nîqaş bike. Heqaretê li kesî neke, tinazê xwe pê neke û wî biçûk "
                    "nebîne, çi xwendevanekî din be, çi kesekî di nûçeyê de be, çi jî nivîskarê wê be."
                ),
            },
            "tr": {
                "title": "Kişisel saldırı yok",
                "text": (
                    "İnsanların söylediklerini ve yaptıklarını tartışın. Başka bir okur, haberde geçen biri ya da "
                    "haberi yazan olsun, kişinin kendisine hakaret etmeyin, onunla alay etmeyin, onu küçümsemeyin."
                ),
            },
        },
    },
    {
        "code": "vulgarity",
        "position": 4,
        "wordings": {
            "en": {
                "title": "No vulgarity",
                "text": (
                    "Keep crude or sexual talk out of your comment, and remarks about people's bodies as well. "
                    "Readers of every age come here."
                ),
            },
            "ar": {
                "title": "لا كلام مبتذلاً",
                "text": (
                    "أبعد عن تعليقك الكلام الفظ أو الإيحاءات الجنسية والتعليق على أجساد الناس. يقرأ هذه الصفحة قراء "
                    "من كل الأعمار."
                ),
            },
            "ckb": {
                "title": "قسەی ناشایستە مەکە",
                "text": (
                    "قسەی زبر یان سێکسی و تێبینی لەسەر جەستەی خەڵک لە کۆمێنتەکەت دوور بخەوە. خوێنەرانی هەموو تەمەنێک "
                    "دێنە ئێرە."
                ),
            },
            "ku": {
                "title": "Bê gotinên bêedeb",
                "text": (
                    "Gotinên bêedeb an zayendî û gotinên li ser laşê mirovan ji şîroveya xwe dûr bixe. Xwendevanên "
                    "ji her temenî tên vir."
                ),
            },
            "tr": {
                "title": "Kaba ve müstehcen söz yok",
                "text": (
                    "Yorumunuzda kaba ya da müstehcen ifadelere ve insanların bedenleri hakkında sözlere yer "
                    "vermeyin. Buraya her yaştan okur geliyor."
                ),
            },
        },
    },
    {
        "code": "abuse",
        "position": 5,
        "wordings": {
            "en": {
                "title": "No abuse",
                "text": (
                    "Do not demean people for what they are. That rules out sexism, racism, homophobia, xenophobia "
                    "and their like, also as a hint or a generalisation."
                ),
            },
            "ar": {
                "title": "لا إساءة ولا تمييز",
                "text": (
                    "لا تحطّ من قدر الناس بسبب ما هم عليه. ويشمل ذلك التمييز على أساس الجنس، والعنصرية، ورهاب "
                    "المثلية، وكراهية الأجانب، وما شابهها، ولو تلميحاً أو تعميماً."
                ),
            },
            "ckb": {
                "title": "سووکایەتی و جیاکاری مەکە",
                "text": (
                    "خەڵک لەبەر ئەوەی کێن و چین سووک مەکە. ئەمە جیاکاریی ڕەگەزی (سێکسیزم)، ڕەگەزپەرستی، هۆمۆفۆبیا، "
                    "دژایەتیی بیانی و هاوشێوەکانیان دەگرێتەوە، با بە ئاماژە یان گشتاندنیش بێت."
                ),
            },
            "ku": {
                "title": "Bê heqaret û cudakarî",
                "text": (
                    "Mirovan ji ber ku kî û çi ne biçûk nexe. Ev zayendperestî, nijadperestî, homofobî, dijminatiya "
                    "biyaniyan û yên wekî wan digire nav xwe, her çend bi îma an giştîkirinê be jî."
                ),
            },
            "tr": {
                "title": "Aşağılama ve ayrımcılık yok",
                "text": (
                    "İnsanları oldukları şey yüzünden aşağılamayın. Cinsiyetçilik, ırkçılık, homofobi, yabancı "
                    "düşmanlığı ve benzerleri, ima ya da genelleme yoluyla bile olsa kabul edilmez."
                ),
            },
        },
    },
    {
        "code": "promotion",
        "position": 6,
        "wordings": {
            "en": {
                "title": "No promotion",
                "text": (
                    "Do not advertise goods, services, pages or yourself. A link is fine when it helps readers to "
                    "understand the story."
                ),
            },
            "ar": {
                "title": "لا دعاية",
                "text": (
                    "لا تروّج لسلع أو خدمات أو صفحات ولا لنفسك. أما الرابط الذي يساعد القراء على فهم الخبر فلا بأس به."
                ),
            },
            "ckb": {
                "title": "ڕیکلام مەکە",
                "text": (
                    "ڕیکلام بۆ کاڵا، خزمەتگوزاری، پەڕە یان بۆ خۆت مەکە. بەستەرێک کە یارمەتیی خوێنەران بدات لە "
                    "بابەتەکە تێبگەن، کێشەی نییە."
                ),
            },
            "ku": {
                "title": "Bê reklam",
                "text": (
                    "Reklama kelûpel, xizmet, rûpel an jî ya xwe neke. Lînka ku alîkariya xwendevanan dike ku nûçeyê "
                    "fêm bikin pirsgirêk nîne."
                ),
            },
            "tr": {
                "title": "Tanıtım yok",
                "text": (
                    "Ürün, hizmet, sayfa ya da kendi reklamınızı yapmayın. Okurların haberi anlamasına yardım eden "
                    "bir bağlantı ise sorun değildir."
                ),
            },
        },
    },
    {
        "code": "unlawful",
        "position": 0,
        "wordings": {
            "en": {
                "title": "Unlawful content",
                "text": (
                    "The comment contains something that is illegal under the law that applies to this newsroom. We "
                    "take it down after a notice that gives us good grounds to believe so."
                ),
            },
            "ar": {
                "title": "محتوى غير قانوني",
                "text": (
                    "يتضمن التعليق ما يخالف القانون الساري على غرفة الأخبار هذه. ونحذفه بعد بلاغ يقدّم لنا أسباباً "
                    "وجيهة للاعتقاد بذلك."
                ),
            },
            "ckb": {
                "title": "ناوەڕۆکی نایاسایی",
                "text": (
                    "کۆمێنتەکە شتێکی تێدایە کە بەپێی ئەو یاسایەی لەسەر ئێمە جێبەجێ دەبێت قەدەغەیە. دوای "
                    "ئاگادارکردنەوەیەک کە بەڵگەی پێویستی تێدا بێت لایدەبەین."
                ),
            },
            "ku": {
                "title": "Naveroka neqanûnî",
                "text": (
                    "Di şîroveyê de tiştek heye ku li gorî qanûna ku ji bo me derbas dibe neqanûnî ye. Em wê piştî "
                    "agahdariyeke ku sedemên têr dide radikin."
                ),
            },
            "tr": {
                "title": "Hukuka aykırı içerik",
                "text": (
                    "Yorum, haber merkezimizin tabi olduğu hukuka göre yasa dışı bir içerik barındırıyor. Buna "
                    "inanmak için yeterli gerekçe sunan bir bildirim üzerine kaldırılır."
                ),
            },
        },
    },
]
