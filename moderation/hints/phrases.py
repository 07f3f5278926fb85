"""The words ``language.py`` looks for, per language, written by ourselves. A star ends a stem.

English is the widest; the other four hold a modest core. Newsrooms add words of their own in term lists, not here.
"""

ADDRESSED = {
    "en": "you your youre ur yourself u he she him his her author writer journalist editor moderator reporter",
    "ar": "انت انتم انك انكم يا هو هي كاتب الكاتب الصحفي المحرر",
    "ckb": "تۆ ئێوە تۆی ئەی نووسەر نووسەرەکە ڕۆژنامەنووس",
    "ku": "tu te hûn we ey ev nivîskar rojnamevan",
    "tr": "sen siz seni sizi sana size senin sizin o yazar yazarı gazeteci editör misin sensin",
}
INSULTS = {
    "en": (
        "idiot* moron* stupid* dumb* fool fools clown* liar* loser* pathetic ignorant coward* worthless imbecile* "
        "brainless useless scum trash garbage disgusting rat pig dog vile jerk* hypocrite* halfwit* crook* cretin*"
    ),
    "ar": "غبي غبية اغبياء احمق حمقاء حمقى كاذب كذاب جاهل تافه حقير جبان فاشل وقح سخيف حيوان",
    "ckb": "گەمژە گەمژەیت گەمژەن درۆزن نەزان بێعەقڵ ترسنۆک بێشەرم هیچوپووچ گێل گەوج",
    "ku": "ehmeq* bêaqil* derewîn* nezan* tirsonek* bêşerm* bêrûmet* gêj*",
    "tr": "aptal* salak* ahmak* gerizekalı* cahil* yalancı* korkak* beceriksiz* rezil* zavallı* budala* şerefsiz*",
}
HARM = {
    "en": (
        "kill* murder* hurt* shoot shot stab* hang hanged hanging beat burn* drown* strangle* slaughter* execut* "
        "torture* exterminat* die dead behead* rape* attack* punch* gas throat* neck* wiped eliminat* bomb* eradicat*"
    ),
    "ar": "اقتل اقتلك سأقتلك ساقتلك نقتلك اقتلكم قتل ذبح اذبحك تموت يموت موت شنق احرق سنحرق اضربك",
    "ckb": "دەتکوژم دەکوژم دەتکوژین بکوژرێت بکوژرێن بکوژین بمرە دەسووتێنم لێتدەدەم",
    "ku": "bikujim dikujim bikujin kuştin bimire bimirin bişewitînim lêxim serjêkirin",
    "tr": "öldür* gebert* asacağ* döveceğ* yakacağ* vuracağ* keseceğ* ölmeli* ölsün* asılmalı* kurşun*",
}
INTENT = {
    "en": (
        "will ill gonna going want wanna should must ought need deserve* would lets let someone somebody better "
        "wait watch soon hope wish just well ought"
    ),
    "ar": "سوف سا سأقتلك ساقتلك اقتلك اقتلكم اضربك اذبحك يجب لازم نريد اريد تستحق سنحرق نقتلك",
    "ckb": "دەتکوژم دەتکوژین دەکوژم دەبێت پێویستە با لێتدەدەم دەسووتێنم بمرە",
    "ku": "ez em divê dê pêwîst bila dixwazim",
    "tr": (
        "seni sizi lazım gerek öldüreceğim öldürürüm geberteceğim döveceğim asacağ* yakacağ* vuracağ* keseceğ* ölmeli*"
    ),
}
GROUPS = {
    "en": (
        "women woman womens female females girls gay gays lesbian* homosexual* trans transgender queer* muslim* islam "
        "christian* jew jews jewish yazidi* kurd kurds kurdish arab* turk turks turkish armenian* immigrant* migrant* "
        "refugee* foreigner* black blacks african* asian* disabled gypsies roma feminists"
    ),
    "ar": (
        "النساء المرأة اليهود المسيحيون المسيحيين المسلمون المسلمين الأكراد "
        "الكرد العرب اللاجئين اللاجئون المهاجرين الأجانب السود المثليين الايزيديين"
    ),
    "ckb": (
        "ژنان ژن جوولەکەکان موسڵمانەکان مەسیحییەکان کوردەکان عەرەبەکان پەنابەران پەنابەرەکان بیانییەکان ئێزدییەکان"
    ),
    "ku": "jin jinan cihû* misilman* xiristiyan* êzidî* ereb* kurd* tirk* penaber* koçber* biyanî*",
    "tr": (
        "kadın* yahudi* müslüman* hristiyan* ezidi* kürt* arap* suriyeli* mülteci* göçmen* yabancı* eşcinsel* ermeni*"
    ),
}
CONTEMPT = {
    "en": (
        "hate hates hating despise* loathe* detest* disgust* repuls* scum vermin trash garbage filth* plague disease "
        "cancer virus parasite* pest pests animals animal monkey* ape apes rats inferior subhuman lesser worthless "
        "stupid dumb ignorant idiot* vile sicken* scorn contempt furious cages zoo vet inhuman pathetic cockroach* "
        "asshole* shithead* dickhead* pricks bastard* fuck filthy "
        "burden primitive savage* deport* ugly criminals poison useless waste evil moron*"
    ),
    "ar": "اكره نكره حثالة قذارة قردة كلاب حيوانات اوساخ وباء سرطان متخلفون متخلفين اغبياء مقرفون",
    "ckb": "ڕقم قێزم پیس پیسن ئاژەڵ ئاژەڵن سەگ سەگن نەخۆشین گەمژەن نزم نزمن",
    "ku": "nefret heywan* qirêj* pîs* kûçik* ehmeq* nexweşî",
    "tr": "nefret iğrenç* pislik* hayvan* köpek* mikrop* kanser aptal* böcek* defol* aşağılık*",
}
NEGATIONS = {
    "en": "not never no dont doesnt didnt wont isnt arent cannot cant nobody none without neither nor condone",
    "ar": "لا لم لن ليس ليسوا بدون",
    "ckb": "نا نییە نین هەرگیز نابێت",
    "ku": "ne na nabe qet nabin",
    "tr": "değil değiller asla hiç yok",
}
# Words that stand for a group named in a sentence beside theirs.
OF_GROUPS = {
    "en": "they them their those theyre",
    "ar": "هم هؤلاء كلهم",
    "ckb": "ئەوان ئەوانە هەموویان",
    "ku": "ew wan hemû",
    "tr": "onlar bunlar hepsi onları bunları",
}
