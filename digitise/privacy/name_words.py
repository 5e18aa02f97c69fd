"""Words that tell people's names: given names common in Britain, titles before names, and what shows that a name is a place's.
Written down from general knowledge for this program; no list of anybody's was copied. Names that are also common words stand apart: alone
they say nothing.
"""

from __future__ import annotations

_GIVEN_TEXT = """
    aaliyah aaron abdul abdullah abigail adam adeola adrian agnes agnieszka ahmed aidan ailsa aisha alan alana alastair albert alec
    alejandro alessia alex alexander alexandra alfie alice alicia alina alison alistair amanda amelia amir amit amy anca andrea andreea
    andrew andy aneirin anest aneurin angela angharad angus anil anita anjali ann anna annabel anne annette annie anthony antonio anwen
    aoife arjun arthur arwel asha ashley asif audrey ava aziz barbara beata beatrice beca benedict benjamin bernard beryl bethan betsan
    betty beverley bilal bogdan branwen brenda brendan brian bridget bronwen bruce bryony caitlin callum cameron caoimhe carl carla carmen
    carole caroline carolyn catherine cathy catrin cerys charlie charlotte cheryl chiara chidi chloe chris christina christine christopher
    ciara claire clare clive colin connor cormac craig cynthia dafydd damian daniel danielle danny darren dave david debbie deborah declan
    deepak delyth denise dennis derek desmond diana diane dmytro dominic donald donna doreen doris dorota dorothy douglas duncan edith
    edward edwina efa eileen eirian eirlys eirwen elaine eleanor elen eleri elfed elin elinor elise eliza elizabeth ella ellen ellie
    elliot elliw elspeth eluned emeka emily emlyn emma emrys emyr eoin erica erin esther esyllt ethan eunice eurwen evelyn ewa ewan farah
    fatima femi fergus ffion fflur fiona frances francesca fraser freya gail gareth gary gavin gemma geoffrey george georgia georgina
    geraint gerald geraldine gerry gethin ghulam gillian giulia gladys glenda glenys gordon graham greg gregory gruffudd guto gwenda
    gwenllian gwenno gwerfyl gwern gwilym gwion gwladys gwyneth hamza hannah harold harriet harry harvey hassan hayley heidi helen helena
    henry hilary howard howell hugh hussein huw hywel iain ian ibrahim idris iestyn ieuan ifan ifor illtud imogen imran ingrid ioan ioana
    iolo iona iorwerth iqbal irene irina isaac isabel isabella isabelle isla islwyn iwan jac jackie jacob jacqueline jacques jake jakub
    james jamie jan jane janet janice jason javed jayne jean jeff jeffrey jenna jennifer jenny jeremy jessica jessie jill jim jimmy joan
    joanna joanne jodie joe joel johanna john johnny jonathan jordan jose joseph josephine josh joshua joyce juan judith julia julian
    julie justin kamal karen karl karolina katarzyna kate katherine kathleen kathryn kathy katie kayleigh keith kelly kenneth kerry kevin
    khalid kieran kieron kimberley kirsty kofi krzysztof kyle kyra laura lauren lawrence layla leanne leila lena leon leonard leslie lewis
    liam linda lindsay lindsey lisa lleucu llewelyn llinos lloyd llyr lois lorna lorraine louis louise lowri luc luca lucas lucy lukasz
    luke luned lydia lynda lynette lynn lynne lynsey mabli maciej macsen maeve mair mairwen maisie malcolm maldwyn malgorzata manon marc
    marcin marco mared marek margaret marged maria mariam marian marie marilyn marina mario marion marjorie marlene martha martin martyn
    mary maryam mateusz mathew matteo matthew maureen maurice mavis maxine meera megan meilyr meinir meirion melanie melissa meredith
    mererid merfyn meryl michael michal michelle miguel mihai mike mildred millie miriam mohamed mohammad mohammed moira molly monica
    morag morfydd morwenna moses muhammad muriel mustafa myfanwy myra nadia nancy nanw naomi nasreen natalia natalie natasha nathan neha
    neil nerys nesta ngozi niall niamh nicholas nicola nicole nigel nina nisha noah noel noor nora norma norman oksana oleh olena olga
    oliver olivia olwen omar orla oscar osian owain owen padraig pamela paolo parveen patricia patrick paula pauline pawel peggy penelope
    peter phil philip philippa phillip phoebe phyllis pierre piers piotr pooja priya rachael rachel rahul raj rajesh ralph ranjit raymond
    rebecca reginald rhian rhiannon rhianwen rhodri rhona rhydian rhys richard rita robert roberta roger rohan roisin roland ronald
    rosalind rosie ross roy rupert russell ruth ryan sabrina sadie sahar saima sally salma samantha samina samir samuel sandra sanjay sara
    sarah sasha scott seamus sean sebastian selwyn seren shabana shannon sharon sheila shirley sian simon simone sinead siobhan sion
    sioned siân siôn sophia sophie stacey stan stanley stella stephanie stephen steve steven stuart sunil sunita susan suzanne svitlana
    sylvia tamara tanya tariq tecwyn tegwen teleri terence teresa tesni tessa thelma theo theresa thomas tim timothy tina toby tom tomasz
    tommy tomos tony tracey tracy trefor trevor tristan trystan tudor tudur tunde usman valerie vanessa vera verity veronica victoria
    vijay vincent vivian vivien volodymyr walter wayne wendy wilfred william winifred winston wojciech yasmin yemi yolanda yulia yusuf
    yvette yvonne zac zachary zahra zainab zara zeinab zoe zofia
"""
_DOUBLE_TEXT = """
    aeron aled alun amber angel april art ash august autumn barry ben beth bill blessing bob bobby brad bradley brandon brooke bryn bud
    cadi carol celia celyn ceri chance charity claude cliff connie constance dai daisy dale dan dawn dean del dewi di dick dilys don dot
    drew dylan earl eira elan eli enid eric ernest eve faith fay felicity fern flo flora florence frank fred gale gene ginger gloria glyn
    grace grant gus guy gwen gwyn haf hazel heather hefin heledd heulwen holly honor hope hunter iris ivor ivy jack jade jasmine jasper
    jay jewel jo jon jordan joy judy june kay ken kim kit lance lee len les lil lili lily liz llew lou mabel mabon mac mai mali marcus
    mark marsh matt max may medi melody mercedes mercy mia mick miles misty mo myrtle ned nia nick norm olive olwyn opal paddy page pat
    patience paul pearl peg penny pete piers poppy prudence ray red reg rex rich ricky rob robbie robin rocky rod ron rosa rose rosemary
    ruby rusty sage sam sandy sherry sid skip sky sonny sue summer sunny susie ted tegid terry tiffany tiger trish trudy una val van vera
    verity vic viola violet wade wanda ward warren will willow wyn
"""
DOUBLE_NAMES = frozenset(_DOUBLE_TEXT.split())
"""Given names that are common words of either language, months or places, too, or short forms that misreadings give as easily."""
TIMES_OF_YEAR = frozenset(("april", "may", "june", "august", "autumn", "summer", "ebrill", "mai", "medi", "haf"))
"""Of the names that are words, those that alone are not worth listing."""
GIVEN_NAMES = frozenset(_GIVEN_TEXT.split()) - DOUBLE_NAMES
"""Given names that are hardly ever anything else, folded to small letters."""
_TITLES_TEXT = """
    cllr councillor cyng cynghorydd dame dr lady lord miss mr mrs ms mx prof professor rev revd sir
"""
TITLES = frozenset(_TITLES_TEXT.split())
"""Before a person's name, with or without a full stop."""
_OF_PLACES_BEFORE_TEXT = """
    canolfan capel ffordd heol king neuadd prince princess queen saint sant santes st stryd ysbyty ysgol
"""
OF_PLACES_BEFORE = frozenset(_OF_PLACES_BEFORE_TEXT.split())
"""'St David's', 'Prince Charles Hospital', 'Heol Dewi': what follows is a place's name."""
_OF_PLACES_BEHIND_TEXT = """
    avenue centre chapel church close college court crescent cymru drive foundation gardens grove hall hill hospital house infirmary lane
    ltd park place rd road school square st street surgery terrace trust wales ward way
"""
OF_PLACES_BEHIND = frozenset(_OF_PLACES_BEHIND_TEXT.split())
"""'George Street', 'Lewis Merthyr Trust'."""
_NO_SURNAMES_TEXT = """
    appointment appointments surgery surgeries practice clinic
    a a'r ac also am an and ar are asap asked asks at but by bydd can could council december february for forum friday from gan group gyda
    had has have he how i if in is it january july june mae manager march may monday must needs next no not november october of officer on
    or please said saturday says september service services she should sunday team that the then they this thursday to today tomorrow
    tuesday wants was we wednesday what when where who why will with would yes yn you
"""
NO_SURNAMES = frozenset(_NO_SURNAMES_TEXT.split())
"""Words that follow a given name without being part of it; in notes all in capitals nothing else tells."""
_COMMON_SURNAMES_TEXT = """
    abbott ball banks bell best bird bishop black bridges brook brown burns bush butler carpenter carter case chambers church clay close
    cook court cross day drake farmer field fields fisher ford forest fox frost gardener giles gold good grant gray green grey hall hardy
    hart head hill holder house hughes hunt hunter king knight lake lamb land lane large law little long love major marsh mason mills moon
    moor more north page park parker parks peace pool pope porter potter power price prince pugh rice rich rivers rose sales savage sharp
    short singer small snow south spring stone street strong summers swan sweet taylor town tree turner vale walker wall ward waters way
    weeks wells west white wise wood woods work worth yard young
"""
COMMON_SURNAMES = frozenset(_COMMON_SURNAMES_TEXT.split())
"""Surnames that are common words: alone, with nothing before them, they are the word."""
_SURNAMES_TEXT = """
    adams ahmed akhtar ali allen anderson bailey baker barker barnes begum bennett bevan bowen campbell chapman clark clarke collins
    cooper cox davies davis dixon edwards ellis evans foster francis gibbs gibson griffiths harris harrison harvey hopkins howells hughes
    humphreys hussain jackson james jenkins john johnson jones kaur kelly khan lee lewis llewellyn lloyd mahmood marshall martin matthews
    miller mitchell moore morgan morris morrison murphy murray nicholas o'brien o'connor o'neill owen owens palmer parry patel perkins
    phillips powell preece pritchard prosser pugh rahman rees reynolds richards richardson roberts robinson rogers rowlands russell
    saunders scott shah shaw simpson singh smith stephens stevens stewart thomas thompson tudor vaughan watkins watson watts webb wilkins
    wilkinson williams wilson wright yeung
"""
SURNAMES = frozenset(_SURNAMES_TEXT.split())
"""Surnames common in Wales and England that are hardly words; only to tell 'Mark Lewis' from 'Mark Deadlines'."""
