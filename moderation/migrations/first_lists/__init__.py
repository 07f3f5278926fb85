"""The first term lists, written by the newsroom's makers and under the project's own licence. Literals only.

Small on purpose: a start that every newsroom edits. A package and not a module: Django takes every module beside the
migrations for a migration.
"""

SOURCE = "Written for this project; its licence."

# (name, language, guideline): words and phrases; a star ends a stem.
LISTS: dict[tuple[str, str, str], str] = {
    ("English: profanity", "en", "profanity"): (
        "fuck*, motherfuck*, shit, shits, shitty, shithead*, bullshit*, asshole*, arsehole*, bastard*, damn, dammit, "
        "goddamn*, crap, bloody hell, piss off, pissed off, wtf, dickhead*, prick, pricks, dumbass*, jackass*, "
        "bollocks, wanker*, son of a bitch"
    ),
    ("English: vulgarity", "en", "vulgarity"): (
        "cock, cocks, cunt*, tits, titties, boobs, dick, dicks, penis, whore*, slut*, bitch, bitches, blowjob*, "
        "porn*, nudes, horny, suck my"
    ),
    ("English: threats", "en", "threats"): (
        "kill you, kill yourself, kys, hang yourself, hope you die, deserve to die, i will find you, "
        "we know where you live, watch your back, you are dead, beat you up, should be shot, should be killed"
    ),
    ("English: personal attacks", "en", "personal-attacks"): (
        "idiot*, moron*, imbecile*, halfwit*, brainless, shut up, you liar, clown*, cretin*, dimwit*, nitwit*"
    ),
    ("English: abuse", "en", "abuse"): (
        "faggot*, fag, fags, tranny, trannies, shemale*, wetback*, raghead*, towelhead*, camel fucker*, kike*, "
        "subhuman*, dyke*, queer behaviour, go back to your country, women belong in the kitchen, retard*, vermin"
    ),
    ("English: promotion", "en", "promotion"): (
        "click here, buy now, order now, free shipping, promo code, earn money, work from home, casino*, "
        "subscribe to my, check out my channel, follow my page, crypto giveaway"
    ),
    ("Arabic: profanity", "ar", "profanity"): "تبا لك, تبا لكم, لعنة الله عليك, يلعن*, ابن الكلب, ابن كلب, اللعنة عليك",
    ("Arabic: vulgarity", "ar", "vulgarity"): "عاهرة, عاهرات, قواد, مؤخرتك, اباحي*",
    ("Arabic: threats", "ar", "threats"): "سأقتلك, سوف اقتلك, سنقتلك, الموت لك, الموت لكم, سنجدك, نعرف بيتك, نعرف مكانك",
    ("Arabic: personal attacks", "ar", "personal-attacks"): "غبي, اغبياء, احمق, حمقى, كذاب, حقير, تافه, اخرس, جاهل",
    ("Arabic: abuse", "ar", "abuse"): "حثالة, عودوا الى بلادكم, مكان المرأة المطبخ, ناقصات عقل, قذارة",
    ("Arabic: promotion", "ar", "promotion"): "اضغط هنا, اشتر الآن, عرض خاص, اربح المال, تابعوا قناتي, كود خصم",
    ("Sorani: profanity", "ckb", "profanity"): "نەفرەتت لێ بێت, نەفرەت لە تۆ, سەگباب, کوڕی سەگ, تف لە تۆ",
    ("Sorani: vulgarity", "ckb", "vulgarity"): "قەحبە*, گەواد*, سۆزانی",
    ("Sorani: threats", "ckb", "threats"): "دەتکوژم, دەتکوژین, دەزانین ماڵت لە کوێیە, مەرگ بۆ تۆ, سەرت دەبڕم, لێت دەدەم",
    ("Sorani: personal attacks", "ckb", "personal-attacks"): "گەمژە*, گێل*, گەوج*, درۆزن*, بێعەقڵ, نەزان*, بێشەرم, دەمت داخە",
    ("Sorani: abuse", "ckb", "abuse"): "بگەڕێنەوە بۆ وڵاتی خۆتان, شوێنی ژن چێشتخانەیە, پیس و پۆخڵ",
    ("Sorani: promotion", "ckb", "promotion"): "کلیک لێرە بکە, ئێستا بیکڕە, داشکاندنی تایبەت, پارە پەیدا بکە, سەردانی پەیجەکەم",
    ("Kurmanji: profanity", "ku", "profanity"): "nifir li te, lanet li te, kurê kûçikan, tif li te, kerê",
    ("Kurmanji: vulgarity", "ku", "vulgarity"): "qehpe*, qehbe*, pûşt*",
    ("Kurmanji: threats", "ku", "threats"): "ez ê te bikujim, em ê te bikujin, mirin ji te re, em mala te dizanin, serê te jê bikim",
    ("Kurmanji: personal attacks", "ku", "personal-attacks"): "ehmeq*, bêaqil*, derewîn*, nezan*, bêşerm*, bêrûmet*, devê xwe bigire",
    ("Kurmanji: abuse", "ku", "abuse"): "vegerin welatê xwe, cihê jinê metbex e, biyaniyên pîs",
    ("Kurmanji: promotion", "ku", "promotion"): "li vir bitikîne, niha bikire, pêşniyara taybet, kanala min, pere qezenc bike",
    ("Turkish: profanity", "tr", "profanity"): "lanet olsun, lanet olası, kahrolası, siktir*, hassiktir, boktan, it oğlu it, amk, aq",
    ("Turkish: vulgarity", "tr", "vulgarity"): "orospu*, kahpe*, fahişe*, götveren*, porno*, pezevenk*",
    ("Turkish: threats", "tr", "threats"): "seni öldüreceğim, sizi öldüreceğiz, gebertirim, geberteceğim, evini biliyoruz, ölümü hak ediyor*, ölmelisin",
    ("Turkish: personal attacks", "tr", "personal-attacks"): "aptal*, salak*, ahmak*, gerizekalı*, geri zekalı*, budala*, şerefsiz*, kes sesini, yalancısın",
    ("Turkish: abuse", "tr", "abuse"): "ülkenize dönün, ülkene dön, kadının yeri mutfak, defolun gidin, aşağılık ırk",
    ("Turkish: promotion", "tr", "promotion"): "buraya tıkla*, hemen al, sipariş ver, indirim kodu, para kazan, kanalıma abone, casino*, bahis sitesi",
}
