"""Stand-in for the Epicurious recipes: recipes written by a phrase grammar.

What makes the texts worth learning is what a recipe keeps in mind over many sentences.
A cuisine decides which fats, herbs, spices and cheeses go together. A dish has its own
method, from the knife over the fire to the table. The steps use every ingredient on the
list and no other (only water comes from the tap), the title names the main ones, and
what is taken in two portions adds up to the amount on the list. All of the wording was
written for this module.
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .grammar import entries, expand, pick, sections, sentences, unwrap

SEED = 5
RECIPES = 6000


class Ingredient(NamedTuple):
    """A line of `PANTRY`; `amount` is for four people, `cut` and `cue` are templates.

    In `cut`, the imperative that prepares it, X stands for its name and THEM for its
    pronoun; `cue` is an adjective that tells when it is cooked.
    """

    name: str
    category: str
    amount: int
    unit: str
    cut: str
    cue: str

    @property
    def plural(self) -> bool:
        singular = self.name.endswith(("ss", "us")) or self.name == "molasses"
        return self.name.endswith("s") and not singular


class Dish(NamedTuple):
    """A paragraph of `DISHES`: a kind of dish, where it is at home, and its wording."""

    name: str
    cuisines: list[str]
    titles: list[str]
    steps: list[str]


# A section begins with "= category; cut; cue". Below it stand ingredients that are cut
# and cooked just so, "name: amount unit, …", and those with a way of their own, "name:
# amount unit; cut; cue".
PANTRY = """
= allium; [peel and finely chop X|peel X and cut THEM into half-moons|peel and
  dice X| peel X and slice THEM as thinly as you can]; [soft and translucent|
  meltingly soft| limp and glossy|golden at the edges|soft but not coloured|
  sweet and slack]
onions: 2, red onions: 2, white onions: 2, sweet onions: 3
shallots: 6; [peel X and halve THEM through the root|slice X into fine rings|mince
  X]
leeks: 3; [trim X, rinse out the grit and slice THEM into rings|halve X lengthways,
  wash between the layers and shred THEM]; [silky|soft and still bright|tender and
  sweet]
spring onions: 8; [trim X and slice THEM on the diagonal, green tops included|cut X
  into short lengths]; [wilted|just softened]
pickling onions: 300 g; [scald, peel and halve X|peel X under the tap]
calçots: 12; [trim the roots of X and split THEM|rinse X and cut THEM across]

= aromatic; [finely chop X|mince X|grate X]; fragrant
garlic: 4 cloves; [crush X to a paste|peel and finely chop X|grate X|slice X
  into slivers]
ginger: 30 g; [peel X and cut THEM into matchsticks|grate X|peel and mince X]
lemongrass: 2 stalks; [bruise X with the back of a knife|peel X down to the tender
  heart and mince THEM]
chillies: 2; [seed and finely chop X|slit X lengthways|slice X into thin rings]
celery: 3 stalks; [string and dice X|slice X thinly|chop X, leaves and all]
fennel: 2 bulbs; [quarter, core and slice X|shave X thinly|dice X, saving the
  fronds]
galangal: 25 g; [slice X into coins|peel and grate X]
fresh turmeric: 20 g; [scrape and grate X|peel X and slice THEM thinly]

= root; [peel X and cut THEM into chunks|scrub X and cut THEM into wedges|peel and
  dice X| peel X and slice THEM as thick as a pencil]; [tender to the point of a
  knife|tender and browned at the corners|sweet and yielding|just tender]
turnips: 500 g, swede: 600 g, yams: 600 g, taro: 500 g, parsley roots: 400 g
carrots: 500 g; [peel X and slice THEM into coins|scrape X and cut THEM into
  batons| scrub X and roll-cut THEM]
parsnips: 500 g; [peel X, quarter THEM and take out the woody cores|cut X into
  fingers]
beetroots: 600 g; [scrub X and cut THEM into sixths|peel X, with gloves if you have
  them, and dice THEM]; [tender and dark as garnets|tender right through]
celeriac: 600 g; [pare away the knobbly skin of X and cube THEM|peel and slice X]
potatoes: 700 g; [peel X and cut THEM into even pieces|scrub X, leave the skins on
  and quarter THEM]; [floury and tender|tender and beginning to crumble|cooked
  through]
new potatoes: 600 g; [scrub and halve X|wash X and leave the smallest whole]
sweet potatoes: 700 g; [peel X and cut THEM into cubes|scrub X and slice THEM
  thickly]; [soft and caramelised|soft enough to crush with a spoon]
Jerusalem artichokes: 500 g; [scrub X and slice THEM unevenly|peel and halve X];
  [nutty and soft|tender but not collapsing]
salsify: 400 g; [scrape X and drop THEM straight into cold water|peel X and cut THEM
  into short sticks]
kohlrabi: 500 g; [peel X and cut THEM into matchsticks|pare and cube X]
cassava: 600 g; [peel X and take out the stringy core|peel and quarter X]
oca: 400 g; [scrub X and halve THEM lengthways|wash X]
heritage carrots: 500 g; [scrub X and split THEM lengthways|scrape X]

= squash; [peel and seed X, then cut THEM into chunks|halve X, scoop out the fibres
  and slice THEM into crescents]; [tender and burnished|soft and sweet|soft enough
  to mash]
butternut squash: 800 g, pumpkin: 900 g, acorn squash: 800 g, marrow: 800 g,
  calabaza: 900 g
kabocha squash: 800 g; [scrub X, leave the green skin on and cut THEM into boats|
  seed and cube X]
delicata squash: 700 g; [scrub X, seed THEM and slice THEM into scalloped rings|
  halve X]
pattypans: 500 g; [halve X around the equator|quarter X]

= brassica; [cut X into florets|break X into small florets]; [tender and charred in
  places|tender with a little bite|nutty and browned]
romanesco: 600 g
cauliflower: 700 g; [break X into florets and slice the stalk|cut X into thick
  slabs]
broccoli: 600 g; [cut X into florets and peel the stem|chop X, stalk and all]
Brussels sprouts: 500 g; [trim and halve X|shred X finely]; [crisp at the edges|
  bright and tender]
white cabbage: 600 g; [core and shred X|cut X into thin wedges]; [wilted and sweet|
  collapsed and silky]
red cabbage: 600 g; [quarter, core and slice X finely|shred X]; [wilted|soft and
  purple]
Savoy cabbage: 600 g; [shred X, leaving out the ribs|tear X into rough pieces];
  [wilted| tender and crinkled]
hispi cabbage: 600 g; [cut X into quarters through the stem|shred X]; [scorched and
  juicy|floppy]
cime di rapa: 500 g; [trim X and separate the leaves from the buds|chop X]; [tender,
  with a bitter edge|slack]
kalettes: 400 g; [pull X apart into rosettes|trim X]; [frilly and crisp|just
  wilted]

= green; [wash X well and shred THEM|strip X from the stalks and tear THEM|rinse X
  in two changes of water and chop THEM roughly]; [wilted|collapsed and tender|
  dark and silky]
kale: 300 g, cavolo nero: 300 g, spring greens: 400 g, mustard greens: 300 g,
  sorrel: 200 g, beet tops: 300 g, turnip tops: 400 g, callaloo: 400 g,
  amaranth leaves: 300 g
spinach: 400 g; [wash X and shake THEM dry|pick over and rinse X]
chard: 400 g; [separate the stalks of X and slice both stalk and leaf|wash and shred
  X]
pak choi: 400 g; [quarter X lengthways|separate X into leaves and stems]
nettles: 200 g; [put on gloves, pick the tips from X and rinse THEM|blanch and chop
  X]
collard greens: 400 g; [stack and roll X, then slice THEM into ribbons|stem and
  shred X]
wild garlic: 200 g; [rinse X and tear THEM into ribbons|pick X over]
purslane: 200 g; [pinch X into sprigs|rinse X]
samphire: 200 g; [snap off any woody bits of X|rinse X]; [glossy and salty|
  squeaky]

= summer; [dice X|cut X into bite-sized pieces|chop X roughly]; [soft and jammy|
  slumped and sweet|blistered and soft]
yellow tomatoes: 500 g
plum tomatoes: 500 g; [halve X|skin and chop X|cut X into eighths]
cherry tomatoes: 300 g; [halve X|prick X with a pin and leave THEM whole]; [split
  and jammy|beginning to burst]
beef tomatoes: 4; [slice X thickly|core and dice X]
courgettes: 500 g; [slice X on the bias|cut X into batons|grate X coarsely and
  squeeze THEM dry]; [golden and just soft|tender but not watery]
aubergines: 2; [cut X into cubes|slice X into rounds]; [creamy inside|collapsed
  and smoky|soft as custard]
red peppers: 3; [seed X and cut THEM into strips|core X and tear THEM into wide
  petals]
yellow peppers: 3; [seed and dice X|cut X into broad strips]
green peppers: 2; [seed X and chop THEM|core X and slice THEM into rings]
tomatillos: 500 g; [husk X, rinse off the stickiness and halve THEM|husk and quarter
  X]; [olive-coloured and bursting|soft]
padrón peppers: 200 g; [prick X|leave X whole, stalks and all]; [blistered|
  scorched in spots]

= pod; [trim X|rinse X]; [tender and vivid|bright and crisp|just tender]
peas: 250 g; [pod X if THEY ARE fresh|rinse X]; [sweet and bright|just tender]
green beans: 300 g; [top and tail X|trim X and cut THEM in two]
runner beans: 300 g; [string X and slice THEM on the slant|trim and shred X]
broad beans: 300 g; [pod X and slip off the grey skins|blanch and skin X]
sugar snaps: 250 g; [string X|trim X and split THEM along the seam]
mangetout: 250 g; [top and tail X|slice X into slivers]
okra: 300 g; [trim X without piercing the pods|slice X into stars]
sweetcorn: 300 g; [cut X from the cobs|slice X off the cob in sheets]; [golden and
  popping|plump and sweet]
asparagus: 400 g; [snap the woody ends off X|peel the lower stems of X and cut THEM
  into lengths]
edamame: 250 g; [shell X|rinse X]
wax beans: 300 g; [top and tail X|snap X into pieces]
yardlong beans: 300 g; [cut X into finger-lengths|knot X loosely]
artichoke hearts: 300 g; [drain X and quarter THEM|scrape out the choke of X and
  halve THEM]

= mushroom; [wipe and slice X|brush X clean and quarter THEM|tear X into shreds];
  [browned and dry|bronzed, all their juices gone|deep brown and meaty]
chestnut mushrooms: 400 g, oyster mushrooms: 300 g
button mushrooms: 400 g; [wipe X and leave THEM whole|trim and halve X]
shiitake mushrooms: 250 g; [twist off the stems of X and slice the caps|trim X]
portobello mushrooms: 4; [peel X and slice THEM thickly|trim X]
chanterelles: 300 g; [brush the pine needles from X and tear the big ones|trim X]
ceps: 250 g; [trim X and slice THEM from cap to foot|wipe X and chop THEM coarsely]
enoki: 200 g; [trim the base of X and pull THEM into threads|separate X]; [limp and
  silky]
maitake: 250 g; [pull X into feathery clusters|tear X]
morels: 150 g; [split X and shake out any grit|soak X briefly, then squeeze THEM]
king oyster mushrooms: 300 g; [slice X into discs|score X in a crosshatch]
puffballs: 300 g; [peel X and cut THEM into steaks|dice X]

= leaf; [wash X and dry THEM in a cloth|pick over and rinse X|tear X into a wide
  bowl]; crisp
rocket: 100 g, frisée: 1 head, lamb's lettuce: 100 g, baby spinach: 120 g,
  mizuna: 80 g, dandelion leaves: 80 g, butterhead lettuce: 1 head,
  oakleaf lettuce: 1 head, salad burnet: 40 g, tatsoi: 80 g, wild rocket: 100 g
romaine: 2 heads; [separate X and tear THEM across the ribs|shred X]
little gems: 3; [quarter X|pull X apart]
radicchio: 1 head; [core and shred X|separate X into cups]
chicory: 3 heads; [slice X lengthways into spears|separate X]
watercress: 100 g; [pick the thick stalks from X|rinse X]
pea shoots: 80 g; [snip X|pick over X]
endive: 2 heads; [trim and separate X|cut X across into ribbons]

= raw; [slice X thinly|shave X on a mandoline|cut X into thin matchsticks]; crisp
mooli: 250 g
cucumbers: 2; [peel X in stripes and slice THEM|halve X, scrape out the seeds and
  slice THEM into crescents]
radishes: 150 g; [slice X into paper-thin rounds|quarter X, leaving on a tuft of
  stalk]
daikon: 250 g; [peel X and shave THEM into ribbons|cut X into matchsticks]
avocados: 2; [halve, stone and slice X|scoop X from the skin in spoonfuls]
sunflower sprouts: 80 g; [rinse and drain X|snip X]
celery hearts: 2; [slice X thinly across|chop X, yellow leaves included]
black radishes: 200 g; [peel X and shave THEM|scrub X and cut THEM into translucent
  discs]
jicama: 300 g; [peel X and cut THEM into batons|dice X]
bean sprouts: 150 g; [rinse and drain X|pinch the tails from X]

= braise; [cut X into large pieces|trim X and cut THEM into chunks|pat X dry and
  divide THEM into generous pieces]; [tender enough to cut with a spoon|falling
  apart|yielding]
beef shin: 800 g, beef brisket: 1000 g, lamb neck: 900 g, pork shoulder: 900 g,
  goat: 800 g, venison haunch: 800 g, mutton: 900 g, veal shin: 900 g,
  wild boar: 900 g
oxtail: 1200 g; [trim the fat from X|pat X dry]
lamb shoulder: 900 g; [bone X and cut THEM into chunks|trim and dice X]
rabbit: 900 g; [joint X|cut X into eight pieces]
chicken thighs: 8; [pat X dry|trim X of stray skin]; [falling from the bone|very
  tender]
duck legs: 4; [prick X all over with a skewer|trim and dry X]; [loose on the bone|
  tender]
ham hocks: 2; [soak X overnight and drain THEM|rinse X]; [ready to shred|soft at
  the bone]
ox cheeks: 4; [trim the sinew from X|pat X dry]
short ribs: 1200 g; [separate X|trim X]
pheasant: 2; [joint X|quarter X with poultry shears]
guinea fowl: 2; [joint X|cut X up]
turkey legs: 4; [saw off the knuckles of X|pat X dry]
hare: 900 g; [joint X|cut X into portions]

= cutlet; [pat X dry|trim X and bring THEM to room temperature]; [crusted outside
  and blushing within|charred at the edges|springy to the touch]
lamb cutlets: 8, venison steaks: 4, pigeon breasts: 8, onglet: 600 g,
  lamb leg steaks: 4
chicken breasts: 4; [flatten X a little between two sheets of paper|pat X dry];
  [golden and cooked through|springy, with juices that run clear]
turkey escalopes: 4; [beat X thin|pat X dry]; [golden and cooked through|just
  firm]
pork chops: 4; [snip the rind of X|trim X]; [browned and just cooked through|juicy
  still]
pork tenderloin: 500 g; [trim the silver skin from X and cut THEM into medallions|
  slice X into strips]; [barely pink|browned all over]
rump steaks: 4; [beat X briefly with a rolling pin|trim X]
bavette: 600 g; [pat X dry|trim the membrane from X]
duck breasts: 4; [score the skin of X in a fine lattice|pat X dry]; [crisp-skinned
  and rosy|rendered and mahogany]
veal escalopes: 4; [pound X to the thickness of a coin|pat X dry]
quails: 4; [split X down the back and press THEM flat|truss X]
gammon steaks: 4; [nick the fat of X|pat X dry]
poussins: 4; [spatchcock X|halve X along the breastbone]; [bronzed|juicy at the
  joint]
calf's liver: 500 g; [peel off the membrane and slice X|pat X dry]; [pink within|
  seared]

= mince; [crumble X between your fingers|loosen X with a fork]; [brown and crumbly|
  no longer pink]
minced beef: 500 g, minced lamb: 500 g, minced pork: 500 g, minced turkey: 500 g,
  sausage meat: 400 g, minced veal: 500 g, minced venison: 500 g, minced goat: 500 g,
  minced duck: 500 g

= fish; [pat X dry|run a finger along X for stray bones|check X for pin bones];
  [opaque to the centre|flaking at a nudge|just set in the middle|firm and
  milky]
salmon fillets: 4, cod fillets: 4, halibut steaks: 4, hake fillets: 4,
  plaice fillets: 4, swordfish steaks: 4, haddock fillets: 4, gurnard fillets: 4,
  pollack fillets: 4, John Dory fillets: 4, arctic char: 4, perch fillets: 8
sea bass fillets: 4; [slash the skin of X|dry the skin of X well]
trout: 4; [rinse X inside and out|trim the fins from X]
mackerel: 4; [gut and rinse X|slash X three times on each side]
sardines: 12; [scale and gut X|rub the scales off X under the tap]
monkfish: 600 g; [peel the grey membrane from X and cut THEM into medallions|trim X]
tuna steaks: 4; [pat X dry|trim the dark line from X]; [seared outside and ruby
  within| barely warm at the centre]
sea bream: 4; [scale and gut X|slash X to the bone]
red mullet: 4; [scale X|rinse X, leaving the livers in]
herrings: 4; [gut X and open THEM flat|scale X]
skate wings: 4; [rinse X|trim the frill of X]; [pulling from the cartilage|milky]
lemon sole: 4; [trim the fins of X|skin X]

= shellfish; [rinse X|clean X]; [just cooked|opaque]
prawns: 400 g; [peel X and draw out the dark vein|shell X, leaving on the tails];
  [pink and curled|coral all over]
scallops: 12; [trim the muscle from X|dry X on a cloth]; [caramelised on both
  faces|just firm]
mussels: 1000 g; [scrub X and pull out the beards|rinse X and throw away any that
  gape]; [wide open|open and plump]
clams: 800 g; [purge X in cold salted water|scrub X]; [open|open wide]
squid: 500 g; [clean X and cut THEM into rings|score X and slice THEM]; [opaque and
  tender|curled]
crab meat: 300 g; [pick over X for shell|flake X]; [hot|warmed through]
langoustines: 12; [twist the heads from X|split X]; [rosy|coral and sweet]
cockles: 800 g; [soak X in brine to rid THEM of sand|rinse X]; [open]
razor clams: 12; [rinse X|stand X in cold water]; [open|barely set]
cuttlefish: 500 g; [clean X and cut THEM into ribbons|score X]; [curled and tender]
lobster tails: 4; [split X|snip the undersides of X]; [scarlet|firm]

= cured; [dice X|cut X into strips]; [crisp|crisp and rendered|browned, the fat
  running]
pancetta: 120 g, guanciale: 120 g, speck: 120 g
bacon: 150 g; [snip X into pieces|cut X into lardons]
chorizo: 150 g; [peel X and slice THEM into half-moons|dice X]
merguez: 250 g; [cut X into bite-sized lengths|slice X]
smoked ham: 200 g; [shred X|dice X]
andouille: 250 g; [slice X into rounds|quarter and chop X]
smoked sausage: 250 g; [slice X on the slant|cut X into coins]
nduja: 100 g; [peel X and break THEM up|crumble X]; [melted|fiery and loose]
black pudding: 250 g; [slice X|skin and crumble X]; [crusty]
kielbasa: 250 g; [slice X on the slant|score X and chop THEM]
Toulouse sausages: 6; [prick X and cut THEM into chunks|twist X into small links]
prosciutto: 100 g; [tear X|cut X into ribbons]

= curd; [cut X into cubes|slice X thickly|drain X and pat THEM dry]; [golden on
  all sides| crisp at the edges|toasted and squeaky]
smoked tofu: 300 g, paneer: 300 g, halloumi: 250 g
tofu: 400 g; [press X under a weight and cut THEM into cubes|drain and dice X]
tempeh: 300 g; [slice X into planks|steam X briefly and cut THEM into triangles]
silken tofu: 350 g; [lift X out and cut THEM gently into blocks|drain X]
seitan: 300 g; [tear X into strips|slice X]

= bean; [drain and rinse X|rinse X in a colander]; [hot through|creamy|beginning
  to break]
chickpeas: 2 tins, cannellini beans: 2 tins, butter beans: 2 tins,
  black beans: 2 tins, pinto beans: 2 tins, kidney beans: 2 tins,
  borlotti beans: 2 tins, flageolets: 2 tins, haricot beans: 2 tins,
  black-eyed beans: 2 tins, brown lentils: 2 tins, pigeon peas: 2 tins,
  soya beans: 2 tins, gigantes: 2 tins, fava beans: 2 tins

= pulse; [wash X until the water runs clear|pick over and rinse X]; [soft|
  collapsing| tender but holding their shape]
Puy lentils: 250 g, green lentils: 250 g, yellow split peas: 300 g, mung beans: 250 g,
  chana dal: 250 g
red lentils: 300 g; [rinse X until the water is no longer cloudy|wash X];
  [collapsing| dissolved into the broth]
urad dal: 250 g; [soak X for an hour and drain THEM|wash X]; [soft and thick|
  creamy]
beluga lentils: 250 g; [rinse X|pick X over for stones]; [tender and shining like
  caviar]
marrowfat peas: 250 g; [soak X overnight with a pinch of patience, then drain THEM|
  wash X]

= grain; [rinse X under cold water|wash and drain X]; [tender and fluffy|cooked
  but chewy|plump and tender]
jasmine rice: 300 g, brown rice: 300 g, pearl barley: 250 g, farro: 250 g,
  bulgur: 250 g, freekeh: 250 g, millet: 250 g, giant couscous: 250 g,
  red rice: 300 g, kamut: 250 g, sorghum: 250 g, fonio: 250 g, amaranth: 200 g,
  spelt grains: 250 g
basmati rice: 300 g; [rinse X until the water runs clear|soak X for half an hour,
  then drain THEM]; [fluffy|long and separate]
quinoa: 250 g; [rinse X in a fine sieve|toast X in a dry pan]; [tender, each seed
  with its little tail|fluffy]
buckwheat: 250 g; [toast X until nutty|rinse X]
wild rice: 200 g; [rinse X|soak X]; [split and chewy|tender]
sushi rice: 300 g; [rinse X until the water runs clear|wash X]; [glossy and sticky]

= risotto; [measure out X|have X ready in a cup]; [creamy, with a firm heart|al
  dente]
arborio rice: 320 g, carnaroli rice: 320 g, vialone nano rice: 320 g

= pasta; [weigh out X|have X ready]; [al dente|firm to the bite]
spaghetti: 400 g, linguine: 400 g, penne: 400 g, rigatoni: 400 g, orecchiette: 400 g,
  fusilli: 400 g, tagliatelle: 400 g, pappardelle: 400 g, bucatini: 400 g,
  farfalle: 400 g, conchiglie: 400 g, casarecce: 400 g, trofie: 400 g,
  paccheri: 400 g, strozzapreti: 400 g, cavatelli: 400 g, mafaldine: 400 g,
  garganelli: 400 g, vermicelli: 400 g, bigoli: 400 g

= noodle; [soak X in hot water until pliable|loosen X with your fingers]; [supple|
  springy]
rice noodles: 300 g, egg noodles: 300 g, udon: 400 g, soba: 300 g,
  glass noodles: 200 g, wheat noodles: 300 g, ramen: 300 g, somen: 300 g,
  sweet potato noodles: 250 g

= wrap; [wrap X in foil and warm THEM|stack X under a cloth]; [soft and warm|
  blistered]
corn tortillas: 12, flour tortillas: 8, pitta breads: 4, flatbreads: 4, naans: 4,
  lavash: 4, rotis: 8
ciabatta rolls: 4; [split X|cut X open]; [crisp|toasted]
brioche buns: 4; [split X|halve X]; [toasted|warm]
chapatis: 6; [wrap X in a cloth|warm X]
baguettes: 2; [split X|cut X open]; [crackling]
bagels: 4; [split X]; [toasted]

= crumb; [tear X into pieces|cut X into cubes]; [crisp and golden|toasted]
sourdough: 200 g, rye bread: 200 g, stale country bread: 250 g, cornbread: 250 g,
  pumpernickel: 200 g, focaccia: 250 g, soda bread: 200 g, brioche: 200 g

= hard cheese; [grate X finely|shave X with a peeler|grate X]; melted
Parmesan: 80 g, pecorino: 80 g, Gruyère: 150 g, Cheddar: 150 g, Manchego: 120 g,
  Comté: 150 g, Emmental: 150 g, kefalotyri: 120 g, mature Gouda: 120 g,
  Asiago: 100 g, fontina: 150 g, Lancashire: 150 g, Wensleydale: 150 g,
  Idiazabal: 100 g, raclette: 150 g, provolone: 120 g

= soft cheese; [crumble X|break X into pieces]; [soft|melting]
feta: 150 g, goat's cheese: 150 g, blue cheese: 120 g, queso fresco: 150 g,
  Roquefort: 100 g, Stilton: 120 g
ricotta: 250 g; [drain X in a sieve|spoon X into a bowl]
mozzarella: 250 g; [tear X|drain and slice X]
cottage cheese: 250 g; [drain X|spoon X into a bowl]
mascarpone: 200 g; [loosen X with a spoon|spoon X into a bowl]
labneh: 200 g; [spoon X into a bowl|stir X until smooth]
taleggio: 150 g; [cut the rind from X and dice THEM|tear X]
quark: 250 g; [spoon X into a bowl|beat X]
burrata: 250 g; [tear X open over a plate|drain X]
brie: 150 g; [slice X|tear X]

= creamy; [whisk X until smooth|stir X]; thick
double cream: 150 ml, soured cream: 150 ml, crème fraîche: 150 g,
  Greek yoghurt: 200 g, coconut cream: 150 ml, buttermilk: 150 ml, tahini: 80 g,
  cashew butter: 80 g, kefir: 150 ml, clotted cream: 120 g, almond butter: 80 g,
  skyr: 200 g

= nut; [chop X coarsely|crush X lightly in a mortar]; [toasted|golden and
  fragrant]
walnuts: 60 g, almonds: 60 g, pistachios: 50 g, cashews: 60 g, peanuts: 60 g,
  pecans: 60 g, macadamias: 60 g
flaked almonds: 40 g; [spread X on a plate|measure out X]
hazelnuts: 60 g; [rub the skins from X and chop THEM|chop X]
pine nuts: 40 g; [shake X in a dry pan|measure out X]
chestnuts: 150 g; [quarter X|crumble X]
Brazil nuts: 60 g; [shave X|chop X]
cobnuts: 60 g; [crack and chop X|skin X]

= seed; [measure out X|shake X in a dry pan]; [toasted|popping]
sesame seeds: 2 tablespoons, pumpkin seeds: 3 tablespoons,
  sunflower seeds: 3 tablespoons, poppy seeds: 2 tablespoons, linseeds: 2 tablespoons,
  nigella seeds: 1 tablespoon, hemp seeds: 2 tablespoons

= herb; [chop X|tear X|pick X from the stalks and chop THEM]; bright
parsley: 1 bunch, mint: 1 bunch, tarragon: 1 bunch, chervil: 1 bunch,
  oregano: 1 bunch, marjoram: 1 bunch, lovage: 1 bunch, epazote: 1 bunch,
  lemon balm: 1 bunch, borage: 1 bunch, sweet cicely: 1 bunch, summer savory: 1 bunch,
  rau ram: 1 bunch
basil: 1 bunch; [tear X|shred X at the last moment]
coriander: 1 bunch; [chop X, stalks and all|pick X]
dill: 1 bunch; [snip X|chop X]
chives: 1 bunch; [snip X]
Thai basil: 1 bunch; [pick X|tear X]
perilla leaves: 1 bunch; [roll and shred X]
fennel fronds: 1 bunch; [chop X|pull X apart]

= hardy; [strip X from the twigs|chop X very finely|tie X with string];
  [crackling| aromatic]
thyme: 6 sprigs, rosemary: 3 sprigs, sage: 8 leaves, winter savory: 4 sprigs,
  juniper sprigs: 2, hyssop: 3 sprigs, lemon thyme: 6 sprigs
bay leaves: 2; [crack X|tear X a little]
curry leaves: 12; [pull X from the stem|strip X]
makrut lime leaves: 4; [tear X|shred X very finely]
pandan leaves: 2; [knot X|tie X in a loop]

= spice; [crush X lightly|grind X in a mortar]; [toasty|fragrant]
cumin seeds: 2 teaspoons, coriander seeds: 2 teaspoons, fennel seeds: 2 teaspoons,
  caraway seeds: 2 teaspoons, mustard seeds: 2 teaspoons, sweet paprika: 2 teaspoons,
  smoked paprika: 2 teaspoons, ground turmeric: 1 teaspoon, cayenne: 1 teaspoon,
  chilli flakes: 1 teaspoon, garam masala: 2 teaspoons, ras el hanout: 2 teaspoons,
  baharat: 2 teaspoons, sumac: 2 teaspoons, za'atar: 2 teaspoons,
  Aleppo pepper: 2 teaspoons, saffron: 1 pinch, allspice: 1 teaspoon,
  juniper berries: 8, Sichuan peppercorns: 2 teaspoons, five-spice powder: 1 teaspoon,
  star anise: 2, fenugreek: 1 teaspoon, berbere: 2 teaspoons,
  ancho powder: 2 teaspoons, chipotle flakes: 1 teaspoon, mace: 1 teaspoon,
  nutmeg: 1 teaspoon, dried oregano: 2 teaspoons, herbes de Provence: 2 teaspoons,
  amchoor: 1 teaspoon, asafoetida: 1 pinch, shichimi togarashi: 2 teaspoons,
  gochugaru: 2 teaspoons, dill seeds: 1 teaspoon, blue fenugreek: 1 teaspoon,
  celery salt: 1 teaspoon, aji amarillo powder: 2 teaspoons,
  grains of paradise: 1 teaspoon, piment d'Espelette: 2 teaspoons,
  vadouvan: 2 teaspoons, Madras powder: 2 teaspoons, annatto: 1 teaspoon,
  ajwain: 1 teaspoon

= fat; melt X; hot
olive oil: 4 tablespoons, extra-virgin olive oil: 4 tablespoons,
  butter: 4 tablespoons, ghee: 4 tablespoons, sunflower oil: 4 tablespoons,
  rapeseed oil: 4 tablespoons, groundnut oil: 4 tablespoons,
  coconut oil: 4 tablespoons, lard: 4 tablespoons, goose fat: 4 tablespoons,
  mustard oil: 4 tablespoons, walnut oil: 4 tablespoons, hazelnut oil: 4 tablespoons,
  avocado oil: 4 tablespoons, pumpkin seed oil: 4 tablespoons,
  duck fat: 4 tablespoons, corn oil: 4 tablespoons

= stock; warm X; hot
chicken stock: 900 ml, vegetable stock: 900 ml, beef stock: 900 ml,
  fish stock: 900 ml, mushroom stock: 900 ml, dashi: 900 ml, ham stock: 900 ml,
  veal stock: 900 ml, lobster stock: 900 ml, game stock: 900 ml, miso broth: 900 ml,
  turkey stock: 900 ml

= wine; measure out X; reduced
dry white wine: 150 ml, red wine: 300 ml, dry cider: 250 ml, dark beer: 300 ml,
  pale ale: 250 ml, fino sherry: 100 ml, Marsala: 100 ml, Madeira: 100 ml,
  vermouth: 100 ml, rice wine: 60 ml, sake: 80 ml, port: 100 ml, Riesling: 200 ml,
  tequila: 50 ml, bourbon: 60 ml, pisco: 50 ml, raki: 40 ml, Champagne: 200 ml,
  brandy: 50 ml, Calvados: 50 ml, stout: 300 ml, retsina: 150 ml, pastis: 30 ml,
  perry: 250 ml

= acid; measure out X; sharp
lemon juice: 2 tablespoons, lime juice: 2 tablespoons,
  red wine vinegar: 2 tablespoons, white wine vinegar: 2 tablespoons,
  sherry vinegar: 2 tablespoons, cider vinegar: 2 tablespoons,
  balsamic vinegar: 2 tablespoons, rice vinegar: 2 tablespoons,
  black vinegar: 2 tablespoons, pomegranate molasses: 2 tablespoons,
  verjuice: 3 tablespoons, tamarind paste: 2 tablespoons, yuzu juice: 2 tablespoons,
  bitter orange juice: 3 tablespoons, sauerkraut juice: 3 tablespoons,
  Champagne vinegar: 2 tablespoons, raspberry vinegar: 2 tablespoons,
  kalamansi juice: 2 tablespoons, malt vinegar: 2 tablespoons

= condiment; measure out X; savoury
capers: 2 tablespoons, black olives: 80 g, green olives: 80 g, anchovies: 6,
  sun-dried tomatoes: 60 g, Dijon mustard: 1 tablespoon,
  wholegrain mustard: 2 tablespoons, horseradish: 2 tablespoons,
  harissa: 2 tablespoons, preserved lemons: 2, soy sauce: 3 tablespoons,
  fish sauce: 2 tablespoons, oyster sauce: 2 tablespoons, hoisin sauce: 2 tablespoons,
  white miso: 2 tablespoons, gochujang: 2 tablespoons, kimchi: 150 g,
  chilli bean paste: 2 tablespoons, fermented black beans: 1 tablespoon,
  chipotle paste: 2 tablespoons, salsa verde: 4 tablespoons,
  Worcestershire sauce: 1 tablespoon, hot sauce: 1 tablespoon, gherkins: 80 g,
  sauerkraut: 200 g, lingonberry jam: 3 tablespoons, mango chutney: 3 tablespoons,
  lime pickle: 2 tablespoons, green curry paste: 3 tablespoons,
  red curry paste: 3 tablespoons, ajvar: 4 tablespoons, tomato paste: 2 tablespoons,
  walnut paste: 4 tablespoons, adjika: 2 tablespoons, peanut sauce: 4 tablespoons,
  shrimp paste: 1 teaspoon, mirin: 2 tablespoons, maple syrup: 2 tablespoons,
  honey: 2 tablespoons, apple butter: 2 tablespoons, caper leaves: 30 g,
  tapenade: 3 tablespoons, pesto: 3 tablespoons, zhoug: 2 tablespoons,
  chimichurri: 3 tablespoons, mole paste: 3 tablespoons, sambal: 2 tablespoons,
  ponzu: 3 tablespoons, piccalilli: 3 tablespoons, quince paste: 60 g,
  romesco sauce: 4 tablespoons, redcurrant jelly: 3 tablespoons,
  mushroom ketchup: 2 tablespoons

= curry base; open X; rich
coconut milk: 400 ml, chopped tomatoes: 1 tin, passata: 400 ml, plain yoghurt: 300 g,
  ground cashews: 120 g

= dried fruit; [chop X|soak X in hot water and drain THEM]; plump
raisins: 60 g, sultanas: 60 g, currants: 50 g, dried cranberries: 60 g,
  dried cherries: 60 g, dried mulberries: 60 g
dried apricots: 80 g; [snip X into strips|chop X]
prunes: 100 g; [stone and halve X|chop X]
dates: 100 g; [stone and chop X|slice X into slivers]
dried figs: 100 g; [trim and quarter X|chop X]
barberries: 30 g; [rinse X|soak X briefly]
dried pears: 80 g; [snip X|chop X]
dried mangoes: 80 g; [snip X into strips]

= orchard; [peel, core and slice X|quarter X, core THEM and cut THEM into wedges];
  [soft but whole|tender and translucent|slumping a little]
apples: 4, cooking apples: 4, nashi pears: 4, russet apples: 4
pears: 4; [peel X, leaving on the stalks|quarter and core X]
quinces: 3; [wipe the down from X, peel and slice THEM|quarter and core X];
  [rose-pink and tender|soft and rosy]
crab apples: 400 g; [halve and core X|trim X]
medlars: 400 g; [squeeze X from the skins|halve X]
loquats: 400 g; [halve X and flick out the stones]

= stone; [halve and stone X|stone X and cut THEM into wedges|stone and slice X];
  [slumped and juicy|soft and bubbling|just yielding]
plums: 500 g, peaches: 4, nectarines: 4, apricots: 500 g, greengages: 500 g,
  flat peaches: 6
cherries: 400 g; [stone X|stone X over a bowl to catch the juice]
damsons: 400 g; [slit X and ease out the stones|wash X]
mangoes: 2; [peel X and slice the flesh from the stone|cut the cheeks from X and
  dice THEM]
mirabelles: 400 g; [halve and stone X]
sloes: 300 g; [prick X all over]

= berry; [rinse X|pick over X|hull X if need be]; [bursting|juicy and stained]
raspberries: 300 g, blackberries: 300 g, blueberries: 300 g, blackcurrants: 300 g,
  cloudberries: 250 g, cranberries: 250 g, mulberries: 300 g, loganberries: 300 g,
  bilberries: 300 g, tayberries: 300 g, boysenberries: 300 g
strawberries: 400 g; [hull and halve X|hull and slice X]
gooseberries: 400 g; [top and tail X|rinse X and pinch off the tails]
redcurrants: 250 g; [strip X from the stalks with a fork|rinse X]
rhubarb: 500 g; [cut X into short lengths|string X and slice THEM]; [soft but still
  pink| tender]
figs: 8; [quarter X|cut a cross in X and squeeze THEM open]; [soft and sticky|
  caramelised]
elderberries: 250 g; [comb X from their stems with a fork]
physalis: 200 g; [peel back the lanterns of X]
white currants: 250 g; [strip X from the stalks]

= tropical; [peel and dice X|peel and slice X]; [golden|caramelised]
kiwis: 4
pineapple: 1; [pare, core and dice X|cut X into rings]
bananas: 3; [peel and slice X|mash X with a fork]
papayas: 2; [seed X and scoop out the flesh|peel and cube X]
passion fruits: 6; [halve X and scoop out the seeds|spoon the pulp from X]
lychees: 300 g; [peel and stone X]
persimmons: 3; [slice X thinly|scoop out X]
melons: 2; [scoop X into balls|seed and cube X]
guavas: 6; [halve X and scrape out the pips|quarter X]
starfruit: 3; [slice X across into stars]
pomegranates: 2; [knock the seeds out of X with a wooden spoon]
prickly pears: 6; [peel X, minding the spines, and slice THEM]
plantains: 3; [peel X and slice THEM on the slant]

= citrus; [grate the zest of X and squeeze THEM|pare X in wide strips, then juice
  THEM]; bright
lemons: 2, limes: 3, oranges: 2, blood oranges: 3, grapefruits: 2, mandarins: 4,
  bergamots: 2, Seville oranges: 4, clementines: 4, pomelos: 2, satsumas: 5,
  citrons: 2, Meyer lemons: 3, yuzus: 3, tangerines: 5
kumquats: 250 g; [slice X into wheels and pick out the pips]

= warm spice; grind X; fragrant
cinnamon: 1 teaspoon, cardamom: 1 teaspoon, ground ginger: 2 teaspoons,
  vanilla: 1 teaspoon, cloves: 4, mixed spice: 1 teaspoon, aniseed: 1 teaspoon,
  tonka bean: 1, lavender: 1 teaspoon, orange blossom water: 2 teaspoons,
  rose water: 2 teaspoons, pink peppercorns: 1 teaspoon, lemon verbena: 8 leaves,
  instant coffee: 2 teaspoons, Earl Grey tea: 1 tablespoon, mahleb: 1 teaspoon,
  mastic: 1 teaspoon, liquorice powder: 1 teaspoon, matcha: 2 teaspoons,
  camomile flowers: 2 tablespoons, jasmine flowers: 1 tablespoon, long pepper: 4,
  almond essence: 1 teaspoon
elderflowers: 6; [shake X free of insects]

= sugar; weigh out X; dissolved
caster sugar: 150 g, light brown sugar: 150 g, dark muscovado: 150 g,
  demerara sugar: 150 g, golden syrup: 150 g, acacia honey: 150 g, palm sugar: 150 g,
  coconut sugar: 150 g, molasses sugar: 150 g, date syrup: 150 g, maple sugar: 150 g,
  jaggery: 150 g, panela: 150 g, heather honey: 150 g, barley malt: 150 g,
  golden caster sugar: 150 g

= flour; sift X; smooth
plain flour: 200 g, spelt flour: 200 g, wholemeal flour: 200 g, rye flour: 200 g,
  buckwheat flour: 180 g, chickpea flour: 180 g, fine cornmeal: 200 g,
  rice flour: 180 g, oat flour: 180 g, einkorn flour: 200 g, teff flour: 180 g,
  emmer flour: 200 g, chestnut flour: 180 g, sorghum flour: 180 g, barley flour: 200 g

= ground nut; weigh out X; fine
ground almonds: 120 g, ground hazelnuts: 120 g, ground pistachios: 100 g,
  desiccated coconut: 100 g, fine semolina: 100 g, coarse polenta: 100 g,
  ground walnuts: 120 g, ground pecans: 120 g, breadcrumbs: 100 g

= shortening; [soften X|cut X into cubes]; [pale and fluffy|foaming]
unsalted butter: 150 g, cultured butter: 150 g, brown butter: 150 g,
  vegan block: 150 g

= chocolate; [chop X|break X into squares]; melted
dark chocolate: 150 g, milk chocolate: 150 g, white chocolate: 150 g,
  cocoa nibs: 40 g, gianduja: 150 g, ruby chocolate: 150 g, carob drops: 120 g

= dairy; [warm X|measure out X]; steaming
whole milk: 500 ml, oat drink: 500 ml, single cream: 500 ml, almond milk: 500 ml,
  goat's milk: 500 ml, coconut water: 500 ml, sheep's milk: 500 ml,
  hazelnut milk: 500 ml, evaporated milk: 500 ml, rice milk: 500 ml

= lift; sift X; light
baking powder: 2 teaspoons, bicarbonate of soda: 1 teaspoon

= oats; toast X; crunchy
rolled oats: 200 g, barley flakes: 200 g, rye flakes: 200 g, puffed rice: 100 g,
  jumbo oats: 200 g, spelt flakes: 200 g, quinoa flakes: 150 g,
  buckwheat flakes: 200 g

= fizz; chill X; cold
sparkling water: 750 ml, ginger beer: 750 ml, black tea: 750 ml, green tea: 750 ml,
  prosecco: 750 ml, tonic water: 750 ml, hibiscus tea: 750 ml, kombucha: 750 ml,
  rooibos: 750 ml, cava: 750 ml, cloudy lemonade: 750 ml, root beer: 750 ml,
  mint tea: 750 ml, yerba mate: 750 ml

= pastry; [roll out X|unroll X]; [crisp and golden|puffed]
shortcrust pastry: 300 g, puff pastry: 300 g, filo pastry: 200 g, rye pastry: 300 g

= setting; soak X; set
gelatine: 4 leaves, agar powder: 2 teaspoons, cornflour: 3 tablespoons

= egg; beat X; set
eggs: 4

= yeast; crumble X; frothy
dried yeast: 2 teaspoons, fresh yeast: 20 g

= salt; measure out X; salty
salt: 1 teaspoon, flaky salt: 1 teaspoon, sea salt: 1 teaspoon

= pepper; grind X; hot
black pepper: 1 teaspoon, white pepper: 1 teaspoon
"""

# What a cuisine reaches for in the categories in which it is particular.
CUISINES = """
@ Tuscan
aromatic: garlic, celery, fennel; fat: olive oil, extra-virgin olive oil; spice:
  fennel seeds, chilli flakes, nutmeg; herb: parsley, basil, marjoram; hardy:
  rosemary, sage, bay leaves; acid: red wine vinegar, balsamic vinegar, lemon juice;
  wine: red wine, dry white wine; hard cheese: Parmesan, pecorino, Asiago, fontina;
  soft cheese: ricotta, mozzarella, mascarpone, burrata, taleggio; nut: pine nuts,
  walnuts, chestnuts; bean: cannellini beans, borlotti beans, chickpeas; grain: farro,
  pearl barley; condiment: capers, anchovies, sun-dried tomatoes, pesto; cured:
  pancetta, smoked ham, guanciale, prosciutto; wrap: ciabatta rolls; creamy: double
  cream; pulse: Puy lentils; curry base: chopped tomatoes, passata; crumb: stale
  country bread
@ Sicilian
aromatic: garlic, chillies, celery, fennel; fat: extra-virgin olive oil, olive oil;
  spice: chilli flakes, fennel seeds, saffron; herb: basil, mint, oregano; hardy: bay
  leaves, thyme; acid: lemon juice, red wine vinegar; wine: Marsala, dry white wine;
  hard cheese: pecorino, Parmesan, provolone; soft cheese: ricotta, mozzarella; nut:
  almonds, pine nuts, pistachios; bean: chickpeas, cannellini beans; grain: giant
  couscous, farro; condiment: capers, green olives, anchovies; cured: pancetta, nduja;
  wrap: ciabatta rolls, flatbreads; creamy: Greek yoghurt; pulse: Puy lentils, mung
  beans; curry base: passata, chopped tomatoes; crumb: sourdough
@ Provençal
aromatic: garlic, celery, fennel; fat: olive oil, extra-virgin olive oil; spice:
  herbes de Provence, fennel seeds, saffron, piment d'Espelette; herb: basil,
  tarragon, chervil, parsley; hardy: thyme, rosemary, winter savory, bay leaves; acid:
  white wine vinegar, lemon juice, red wine vinegar; wine: dry white wine, vermouth,
  pastis; hard cheese: Comté, Gruyère, Parmesan; soft cheese: goat's cheese; nut:
  almonds, pine nuts; bean: flageolets, haricot beans, chickpeas; grain: wild rice,
  farro; condiment: black olives, anchovies, capers, Dijon mustard, tapenade; cured:
  bacon, merguez; wrap: flatbreads, ciabatta rolls; creamy: crème fraîche; pulse: Puy
  lentils; curry base: chopped tomatoes; crumb: stale country bread, sourdough
@ Andalusian
aromatic: garlic, chillies, fennel; fat: olive oil, extra-virgin olive oil; spice:
  smoked paprika, cumin seeds, saffron; herb: parsley, mint, oregano; hardy: bay
  leaves, thyme; acid: sherry vinegar, lemon juice; wine: fino sherry, red wine; hard
  cheese: Manchego, Idiazabal; soft cheese: goat's cheese; nut: almonds, flaked
  almonds, pine nuts; bean: chickpeas, butter beans; grain: brown rice, bulgur;
  condiment: green olives, capers, honey, romesco sauce, quince paste; cured: chorizo,
  smoked ham; wrap: ciabatta rolls, flatbreads; creamy: Greek yoghurt; pulse: Puy
  lentils, green lentils; curry base: chopped tomatoes; crumb: sourdough
@ Greek
aromatic: garlic, celery, fennel; fat: olive oil, extra-virgin olive oil; spice: dried
  oregano, cumin seeds, allspice; herb: dill, mint, parsley; hardy: bay leaves, thyme;
  acid: lemon juice, red wine vinegar; wine: dry white wine, red wine, retsina; hard
  cheese: kefalotyri; soft cheese: feta, labneh; nut: walnuts, pine nuts, almonds;
  bean: butter beans, chickpeas, gigantes; grain: bulgur, brown rice; condiment: black
  olives, capers, honey; cured: smoked sausage; wrap: pitta breads; creamy: Greek
  yoghurt, tahini; pulse: yellow split peas, Puy lentils; curry base: chopped
  tomatoes, passata; curd: halloumi
@ Turkish
aromatic: garlic, chillies, celery; fat: butter, olive oil; spice: Aleppo pepper,
  sumac, cumin seeds, allspice; herb: parsley, mint, dill; hardy: bay leaves, thyme;
  acid: pomegranate molasses, lemon juice; wine: raki, red wine; hard cheese:
  kefalotyri; soft cheese: feta, labneh; nut: pistachios, walnuts, hazelnuts; bean:
  chickpeas, haricot beans; grain: bulgur, freekeh; condiment: harissa, black olives,
  tomato paste; cured: merguez; wrap: flatbreads, pitta breads; creamy: Greek yoghurt,
  tahini; pulse: red lentils; curry base: plain yoghurt, chopped tomatoes; curd:
  halloumi
@ Lebanese
aromatic: garlic, chillies, ginger; fat: olive oil, ghee; spice: baharat, sumac,
  za'atar, allspice; herb: parsley, mint, coriander; hardy: bay leaves, thyme; acid:
  lemon juice, pomegranate molasses, verjuice; wine: raki, dry white wine; hard
  cheese: kefalotyri; soft cheese: labneh, feta; nut: pine nuts, pistachios, almonds;
  bean: chickpeas, butter beans, brown lentils, fava beans; grain: freekeh, bulgur;
  condiment: green olives, harissa, preserved lemons, zhoug; cured: merguez; wrap:
  pitta breads, flatbreads; creamy: tahini, Greek yoghurt; pulse: red lentils, Puy
  lentils; curry base: plain yoghurt; curd: halloumi
@ Persian
aromatic: garlic, fresh turmeric, celery; fat: ghee, butter; spice: saffron, ground
  turmeric, sumac, cumin seeds; herb: dill, mint, tarragon, chives; hardy: bay leaves,
  winter savory; acid: verjuice, lime juice, pomegranate molasses; wine: dry white
  wine, red wine; hard cheese: kefalotyri; soft cheese: feta; nut: pistachios,
  walnuts, flaked almonds; bean: kidney beans, chickpeas; grain: basmati rice, pearl
  barley; condiment: walnut paste, honey; cured: smoked ham; wrap: flatbreads, lavash;
  creamy: Greek yoghurt; pulse: yellow split peas; curry base: plain yoghurt; dried
  fruit: barberries, sultanas, dates, dried apricots, prunes
@ Moroccan
aromatic: garlic, ginger, chillies, fresh turmeric; fat: olive oil, butter; spice: ras
  el hanout, cumin seeds, saffron, sweet paprika; herb: coriander, mint, parsley;
  hardy: bay leaves, thyme; acid: lemon juice, verjuice; wine: dry white wine, red
  wine; hard cheese: Manchego; soft cheese: goat's cheese, labneh; nut: almonds,
  pistachios; bean: chickpeas, butter beans; grain: giant couscous, bulgur, freekeh;
  condiment: preserved lemons, harissa, green olives, honey; cured: merguez; wrap:
  flatbreads, pitta breads; creamy: Greek yoghurt; pulse: green lentils, red lentils;
  curry base: chopped tomatoes; dried fruit: dried apricots, dates, prunes, raisins
@ Ethiopian
aromatic: garlic, ginger, chillies, fresh turmeric; fat: ghee, sunflower oil; spice:
  berbere, fenugreek, ground turmeric, coriander seeds; herb: coriander, basil; hardy:
  bay leaves, rosemary; acid: lime juice, lemon juice; wine: dark beer, red wine; soft
  cheese: cottage cheese, ricotta; nut: peanuts, cashews; bean: kidney beans,
  chickpeas; grain: millet, pearl barley, sorghum, fonio; condiment: tomato paste,
  honey; wrap: flatbreads; creamy: soured cream, cashew butter; pulse: red lentils,
  yellow split peas; curry base: chopped tomatoes
@ Punjabi
aromatic: garlic, ginger, chillies; fat: ghee, mustard oil; spice: garam masala, cumin
  seeds, ground turmeric, amchoor, asafoetida; herb: coriander, mint; hardy: bay
  leaves, curry leaves; acid: lime juice, tamarind paste; wine: pale ale, dark beer;
  soft cheese: cottage cheese; nut: cashews, almonds; bean: kidney beans, chickpeas;
  grain: basmati rice, millet; condiment: mango chutney, lime pickle; wrap: naans,
  flatbreads, chapatis, rotis; creamy: Greek yoghurt, double cream; pulse: urad dal,
  yellow split peas, red lentils, chana dal; curry base: chopped tomatoes, plain
  yoghurt, ground cashews; curd: paneer
@ Keralan
aromatic: garlic, ginger, chillies, fresh turmeric; fat: coconut oil, groundnut oil;
  spice: mustard seeds, ground turmeric, fenugreek, cayenne, Madras powder; herb:
  coriander; hardy: curry leaves; acid: tamarind paste, lime juice; wine: pale ale;
  nut: cashews, peanuts; bean: chickpeas, black-eyed beans; grain: basmati rice, brown
  rice; condiment: lime pickle, mango chutney; wrap: flatbreads, naans; creamy:
  coconut cream, cashew butter; pulse: mung beans, red lentils; curry base: coconut
  milk; curd: paneer, tofu; soft cheese: cottage cheese
@ Thai
aromatic: garlic, ginger, lemongrass, galangal, chillies; fat: groundnut oil, coconut
  oil; spice: chilli flakes, coriander seeds, star anise; herb: Thai basil, coriander,
  mint; hardy: makrut lime leaves, pandan leaves; acid: lime juice, tamarind paste;
  wine: rice wine; nut: peanuts, cashews; bean: black-eyed beans, black beans; grain:
  jasmine rice, brown rice; noodle: rice noodles, glass noodles; condiment: fish
  sauce, green curry paste, red curry paste, oyster sauce; creamy: coconut cream;
  curry base: coconut milk; curd: tofu; wrap: flatbreads; sugar: palm sugar, coconut
  sugar; pulse: mung beans, red lentils
@ Vietnamese
aromatic: garlic, ginger, lemongrass, galangal, chillies; fat: groundnut oil,
  sunflower oil; spice: star anise, five-spice powder, chilli flakes; herb: mint,
  coriander, Thai basil, perilla leaves, rau ram; hardy: makrut lime leaves; acid:
  lime juice, rice vinegar; wine: rice wine; nut: peanuts, cashews; bean: black beans,
  black-eyed beans; grain: jasmine rice; noodle: rice noodles, glass noodles;
  condiment: fish sauce, hoisin sauce, peanut sauce; creamy: coconut cream; curry
  base: coconut milk; curd: tofu, smoked tofu; wrap: ciabatta rolls, baguettes; pulse:
  mung beans
@ Japanese
aromatic: garlic, ginger, celery; fat: rapeseed oil, sunflower oil; spice: shichimi
  togarashi, star anise; herb: chives, perilla leaves; hardy: bay leaves; acid: rice
  vinegar, yuzu juice; wine: sake; stock: dashi, mushroom stock, miso broth; nut:
  cashews, walnuts; bean: black beans; grain: brown rice, millet, sushi rice; noodle:
  udon, soba, ramen, somen; condiment: white miso, soy sauce, mirin, ponzu; creamy:
  tahini; curd: tofu, smoked tofu, silken tofu; wrap: brioche buns; seed: sesame
  seeds, hemp seeds; curry base: coconut milk; pulse: mung beans
@ Korean
aromatic: garlic, ginger, chillies; fat: sunflower oil, rapeseed oil; spice:
  gochugaru, shichimi togarashi; herb: perilla leaves, chives; hardy: bay leaves;
  acid: rice vinegar, black vinegar; wine: rice wine, sake; nut: pine nuts, chestnuts;
  bean: black beans; grain: brown rice, millet; noodle: glass noodles, wheat noodles,
  sweet potato noodles; condiment: gochujang, kimchi, soy sauce; creamy: tahini; curd:
  tofu, tempeh; wrap: brioche buns, flatbreads; seed: sesame seeds; curry base:
  coconut milk; pulse: mung beans
@ Sichuan
aromatic: garlic, ginger, chillies; fat: groundnut oil, rapeseed oil; spice: Sichuan
  peppercorns, star anise, five-spice powder; herb: coriander, chives; hardy: bay
  leaves; acid: black vinegar, rice vinegar; wine: rice wine; nut: peanuts, cashews;
  bean: black beans; grain: jasmine rice, brown rice; noodle: wheat noodles, egg
  noodles; curd: tofu, smoked tofu; creamy: tahini; condiment: chilli bean paste,
  fermented black beans, soy sauce, oyster sauce; seed: sesame seeds; wrap:
  flatbreads, chapatis; curry base: coconut milk; pulse: mung beans
@ Oaxacan
aromatic: garlic, chillies, celery; fat: lard, corn oil; spice: ancho powder, chipotle
  flakes, cumin seeds, allspice, annatto; herb: coriander, epazote, oregano; hardy:
  bay leaves; acid: lime juice, bitter orange juice; wine: tequila, dark beer; hard
  cheese: Manchego; soft cheese: queso fresco; nut: pecans, peanuts, almonds; bean:
  black beans, pinto beans; grain: brown rice, quinoa, amaranth; condiment: chipotle
  paste, salsa verde, hot sauce, mole paste; cured: chorizo; wrap: corn tortillas,
  flour tortillas; creamy: soured cream; curry base: chopped tomatoes; crumb:
  cornbread; seed: pumpkin seeds; pulse: green lentils
@ Peruvian
aromatic: garlic, chillies, celery, ginger; fat: corn oil, sunflower oil; spice: aji
  amarillo powder, cumin seeds, sweet paprika; herb: coriander, parsley, oregano;
  hardy: bay leaves; acid: lime juice, bitter orange juice; wine: pisco, pale ale;
  soft cheese: queso fresco; nut: pecans, peanuts, walnuts; bean: butter beans, black
  beans; grain: quinoa, brown rice; condiment: black olives, hot sauce, chimichurri;
  cured: chorizo; wrap: corn tortillas; creamy: soured cream; curry base: coconut
  milk; hard cheese: Manchego; pulse: green lentils
@ Cajun
aromatic: garlic, chillies, celery; fat: lard, butter, corn oil; spice: cayenne,
  celery salt, sweet paprika, smoked paprika; herb: parsley, chives; hardy: thyme, bay
  leaves; acid: cider vinegar, lemon juice; wine: bourbon, dark beer; hard cheese:
  Cheddar; soft cheese: cottage cheese; nut: pecans, peanuts; bean: kidney beans,
  black-eyed beans; grain: brown rice, wild rice; condiment: hot sauce, Worcestershire
  sauce, tomato paste; cured: andouille, bacon; wrap: brioche buns; creamy:
  buttermilk, soured cream; curry base: chopped tomatoes; crumb: cornbread; pulse:
  green lentils
@ New England
aromatic: garlic, celery, fennel; fat: butter, rapeseed oil; spice: celery salt,
  allspice, mustard seeds; herb: chives, parsley, dill; hardy: thyme, bay leaves,
  sage; acid: cider vinegar, lemon juice; wine: dry cider, bourbon; hard cheese:
  Cheddar; soft cheese: cottage cheese, goat's cheese; nut: pecans, walnuts,
  hazelnuts; bean: haricot beans, kidney beans; grain: wild rice, farro; condiment:
  maple syrup, wholegrain mustard, apple butter, redcurrant jelly; cured: bacon,
  smoked ham; wrap: brioche buns; creamy: double cream, soured cream; crumb:
  cornbread, sourdough, soda bread; dried fruit: dried cranberries, raisins, dried
  cherries; curry base: chopped tomatoes; pulse: yellow split peas, Puy lentils
@ Yorkshire
aromatic: garlic, celery, ginger; fat: butter, rapeseed oil, goose fat; spice: mace,
  nutmeg, mustard seeds; herb: parsley, chives, mint, lovage; hardy: thyme, sage,
  rosemary, bay leaves; acid: cider vinegar, lemon juice, malt vinegar; wine: dry
  cider, dark beer, pale ale, port; hard cheese: Cheddar, Wensleydale, Lancashire;
  soft cheese: blue cheese, goat's cheese, Stilton; nut: hazelnuts, walnuts,
  chestnuts; bean: butter beans, haricot beans; grain: pearl barley; cured: bacon,
  smoked ham, black pudding; condiment: wholegrain mustard, horseradish,
  Worcestershire sauce, piccalilli, mushroom ketchup; wrap: brioche buns; creamy:
  double cream, crème fraîche; pulse: yellow split peas, marrowfat peas; crumb: stale
  country bread; curry base: chopped tomatoes
@ Alsatian
aromatic: garlic, celery, fennel; fat: butter, goose fat, duck fat; spice: caraway
  seeds, juniper berries, nutmeg; herb: chervil, chives, parsley, tarragon; hardy:
  thyme, bay leaves; acid: white wine vinegar, cider vinegar; wine: Riesling, dry
  white wine; hard cheese: Gruyère, Comté, Emmental, raclette; soft cheese: goat's
  cheese, blue cheese; nut: hazelnuts, walnuts; bean: haricot beans, flageolets;
  grain: pearl barley, buckwheat; condiment: Dijon mustard, wholegrain mustard,
  sauerkraut, horseradish; cured: bacon, smoked ham, smoked sausage, Toulouse
  sausages, speck; wrap: brioche buns; creamy: crème fraîche, double cream; crumb: rye
  bread, stale country bread, pumpernickel; pulse: Puy lentils; curry base: passata
@ Polish
aromatic: garlic, celery, fennel; fat: butter, lard, rapeseed oil; spice: caraway
  seeds, juniper berries, allspice, dill seeds; herb: dill, chives, parsley, lovage;
  hardy: bay leaves, thyme; acid: cider vinegar, sauerkraut juice, lemon juice; wine:
  dark beer, red wine; hard cheese: mature Gouda, Emmental; soft cheese: cottage
  cheese, quark; nut: walnuts, hazelnuts; bean: haricot beans, butter beans; grain:
  buckwheat, pearl barley, millet; condiment: horseradish, sauerkraut, gherkins;
  cured: smoked sausage, bacon, kielbasa; wrap: brioche buns; creamy: soured cream,
  buttermilk; crumb: rye bread; pulse: yellow split peas; curry base: passata; dried
  fruit: prunes, raisins, dried cherries
@ Hungarian
aromatic: garlic, chillies, celery; fat: lard, goose fat, sunflower oil; spice: sweet
  paprika, smoked paprika, caraway seeds; herb: dill, parsley; hardy: bay leaves,
  thyme; acid: white wine vinegar, lemon juice; wine: red wine, Riesling; hard cheese:
  Emmental; soft cheese: cottage cheese; nut: walnuts, chestnuts; bean: kidney beans,
  haricot beans; grain: pearl barley, millet; condiment: ajvar, tomato paste,
  horseradish; cured: smoked sausage, bacon; wrap: flatbreads; creamy: soured cream;
  crumb: rye bread; pulse: yellow split peas; curry base: chopped tomatoes, passata
@ Swedish
aromatic: celery, fennel, garlic; fat: butter, rapeseed oil; spice: dill seeds,
  allspice, caraway seeds, grains of paradise; herb: dill, chives; hardy: bay leaves,
  thyme, juniper sprigs; acid: lemon juice, cider vinegar; wine: pale ale, dry cider;
  hard cheese: mature Gouda, Emmental; soft cheese: cottage cheese, goat's cheese;
  nut: hazelnuts, almonds; bean: haricot beans; grain: pearl barley, buckwheat;
  condiment: lingonberry jam, horseradish, wholegrain mustard; cured: smoked ham,
  bacon; wrap: brioche buns; creamy: soured cream, crème fraîche, skyr; crumb: rye
  bread, pumpernickel; pulse: yellow split peas; curry base: passata
@ Georgian
aromatic: garlic, chillies, celery; fat: sunflower oil, butter; spice: blue fenugreek,
  coriander seeds, chilli flakes; herb: coriander, dill, tarragon, mint; hardy: bay
  leaves, winter savory; acid: pomegranate molasses, red wine vinegar; wine: red wine,
  dry white wine; hard cheese: kefalotyri; soft cheese: feta, cottage cheese; nut:
  walnuts, hazelnuts; bean: kidney beans, pinto beans; grain: bulgur, millet;
  condiment: adjika, walnut paste; cured: smoked sausage; wrap: flatbreads, lavash;
  creamy: Greek yoghurt, soured cream; pulse: red lentils, green lentils; curry base:
  chopped tomatoes
"""

# Slots that draw from several categories or ingredients; the others are categories.
SLOTS = entries("""
veg: root, squash, brassica
roastable: root, squash, brassica, summer
quick: pod, green, mushroom, summer
stirred: pod, mushroom, brassica
filling: green, mushroom, summer, squash
curryveg: root, squash, brassica, pod, summer
dipveg: root, squash, summer
fruit: orchard, stone, berry
soft fruit: stone, berry, tropical
fritter: root, summer, green, pod
crunch: nut, seed
legume: bean, pulse
thigh: chicken thighs, chicken breasts, duck legs, quails
prawn: prawns, squid, scallops, crab meat
mussel: mussels, clams
vessel: red peppers, yellow peppers, aubergines, courgettes, portobello mushrooms
whipped: double cream, crème fraîche, Greek yoghurt, mascarpone, soured cream
sweet wine: red wine, port, Marsala, Madeira, Riesling, dry cider, prosecco
woody: bay leaves, rosemary, thyme, makrut lime leaves
drizzle: honey, maple syrup
salad oil: olive oil, extra-virgin olive oil, rapeseed oil, groundnut oil, walnut oil,
  hazelnut oil, avocado oil, pumpkin seed oil
""")

# Phrases that many dishes share.
PHRASES = entries("""
pot: [a large|a heavy|a wide|a deep] [pot|saucepan|casserole|Dutch oven|
  stockpot]
pan: [a large|a wide|a heavy|a roomy|a cast-iron] [frying pan|skillet|
  sauté pan]
tin: [a large|a shallow|a sturdy|your biggest] roasting tin
low: [a low heat|a gentle flame|a moderate heat|a medium-low heat]
high: [a high heat|a lively flame|a medium-high heat|a fierce heat]
stir: [stirring often|stirring now and then|stirring from time to time|shaking
  the pan occasionally|without hurrying|stirring so that nothing catches]
smell: [until the kitchen smells of it|until fragrant|for a minute or two|just
  long enough to wake the aroma|until the scent rises]
season: season [generously|lightly|well|to taste|carefully] with {salt} and
  {pepper}
oven: [heat|preheat] the oven to #180-220/10# °C
mild: [heat|preheat] the oven to #150-180/10# °C
boil: [bring to the boil|bring slowly to a simmer|let it come to a bubble|bring
  up to a steady simmer]
rest: [let it stand|leave it to rest|set it aside] for #5-10# minutes
herbs: [Chop|Tear] {herb} and [scatter over the top|strew over everything|shower
  over just before eating|let each person add some]
serve: [serve at once|serve straight away|bring to the table|serve while hot|
  serve]
cold: serve [cold|chilled|at once|before it warms up|in the shade]
bowls: {serves} [warm|deep|shallow|warmed|wide] bowls
plates: {serves} [warm|large|plain|wide] plates
next: [||||||then |now |next, |after that, ]
later: [||||It tastes even better [the next day|after a night in the
  larder].|Any left over will keep for three days in the refrigerator.|It also
  freezes [well|without complaint].|[Leftovers|The remains] make a fine lunch.|
  It waits patiently if anyone is late.|Make it [a day|a morning] ahead if it
  suits you.|A sharp knife and a steady pace do most of the work.|Double
  everything when [neighbours|cousins|unexpected guests] turn up.|Trust your
  nose more than the clock.|Taste twice, correct once, and stop.|Don't be tempted
  to rush this stage.|The smell will draw people into the kitchen.|If it looks
  dull, it probably wants salting.|Wash up while it ticks over and you will sit down
  to a tidy kitchen.|Children like to help with this part.|The crust at the bottom
  belongs to the cook.|Nothing here minds being kept warm for a quarter of an
  hour.|On cold evenings eat it by the stove; on mild ones, carry it outside.|It
  travels [politely|safely] in a lidded box.|Bowls scraped clean are the usual
  verdict.|The colour fades a little overnight but the flavour deepens.|Reheat it
  gently, thinned with a splash of water.]
""")

# Ways to say the same: wherever the words on the left stand in the steps of a dish, in
# a shared phrase or in the pantry, those on the right will do as well.
SYNONYMS = entries("""
a few pieces at a time: a handful at a time|without crowding
a side: on each side|per side
add some: help themselves
add: tip in|put in|drop in
and keep warm: and keep hot|and cover with a cloth
arrange: lay|settle|place
as evenly as you can: in even pieces|all to one size
bake blind: bake, weighted,
bake: cook in the oven
basting twice: spooning the juices over twice|basting now and then
batter: mixture
beat in: whisk in|work in|mix in
beat until: whisk until|work until
blend until: whizz until|process until
bowl: basin|dish
breaking it up: crushing the lumps|prodding it apart
bring to the boil: bring to a boil|heat to boiling
bubble: simmer
carefully: with care|gingerly|attentively
chill until: refrigerate until|leave in the cold until
chill: refrigerate|put somewhere cold
chop THEM: cut THEM up|chop THEM small
chop X: chop up X|cut X up
chunks: pieces|lumps|bite-sized pieces
coarsely: roughly|in big pieces
combine: stir together|mix|unite
cook through: finish cooking|heat through
cook until: keep going until|leave until
cover,: put on the lid,|clap on a lid,
cover tightly: put on a tight lid|seal with a lid
crisp: crunchy|crackling|brittle
crumble: break up
cut THEM: chop THEM|slice THEM
dice X: cube X|cut X into small dice|chop X small
dissolved: melted away|gone
divide among: share between|portion into|apportion among
dot with: dab with|stud with
drain THEM: lift THEM out
drain X: tip X into a sieve|shake X dry in a sieve
drain and: drain and
drain and rinse X: tip X into a sieve and rinse
drain on: rest on|dry on
drain: tip into a colander|pour off the water
dust with: powder with|turn in|coat with
everything: the lot|it all
finely chop X: chop X finely|mince X|chop X very small|cut X up small
finish with: end with|complete with
flatten: press down|squash
fluffy: light|airy
fold in: stir in|mix in|slip in
fold through: stir through|toss through
for the second batch: before the next batch|when you fry the rest
fragrant: aromatic|scented|sweet-smelling
from time to time: occasionally|once in a while|every so often
gently: softly|quietly|without hurry
glossy: shiny|lustrous|gleaming
golden: pale brown|lightly browned|burnished
grate X coarsely: grate X on the large holes
grate X: rasp X|grate X over the large holes
halve X: split X|cut X in half
heap onto: pile onto|mound on
heap on top: pile on top|drop over
hot water: water from the kettle|boiling water
in batches: in two or three goes|without crowding
into wedges: into boats|into crescents
just below: shy of|not quite at
keep warm: keep hot
ladle into: spoon into|pour into|share among
lengthways: from end to end|along the grain
let everything: let it all|allow the lot to
lift out: take out|scoop out|remove
lower the heat: turn the heat down|calm the flame|ease the heat back
meanwhile: in the meantime|while that goes on|at the same time|alongside
minutes more: minutes longer|further minutes
mix with: stir with|combine with
mixture: mix
mound onto: pile onto|heap on
off the heat: away from the flame|with the burner off
on top: over the top
one by one: one at a time|singly
overnight: until morning|for a night
pat X dry: blot X with kitchen paper|dry X thoroughly
peel X: pare X|skin X
pick over X: sort through X|look X over
pieces: chunks|morsels|bits
pile onto: heap onto|tumble onto
pour in: add|splash in|slosh in
pour over: spoon over|ladle over|tip over
press down: pat down|push down
purée with: blend with|whizz with
quarter X: cut X in four|cut X into quarters
rinse and drain X: rinse X and shake dry
rinse X: wash X
roast until: bake until|leave in the oven until
roast: bake
roll out: roll
rub the: massage the|work the
scatter over: sprinkle over|strew over
scatter with: sprinkle with|strew with
scatter: sprinkle|strew
scraping up: loosening|stirring in
scrub X: brush X under the tap|scour X
share among: divide among|split between
shred X: cut X into ribbons|slice X very finely|pull X into shreds
silky: velvety|satiny|smooth
simmer for: bubble for|cook gently for
simmer until: bubble until|cook gently until
sizzle: hiss|fry
skim off: spoon away|lift off
skim the fat: spoon the fat|lift the fat
slice THEM: cut THEM
slice X: cut X up|slice up X
slide in: lower in|slip in
small: little|modest
smooth: even|free of lumps
soak X: steep X|leave X
soft: tender|yielding
splash: dash|slug|glug
sprinkle with: shower with|scatter with|season with
stack on: pile on|layer on
steep for: infuse for|draw for
stir <smell>: turn it about <smell>|fry <smell>
stir in: mix in|fold in|swirl in|work in
stir into: mix into|beat into
stir to: work to
stir until: mix until|turn until
strain, and: sieve, and
strain,: sieve,
sweat: stew
tear X: rip X|pull X apart
tender: soft
thinly: finely
take off the heat: draw to one side
throw in: toss in|fling in
tip in: pour in|shake in
to the centre: all the way through|to the middle
top with: crown with|finish with
toss: turn|tumble|toss about
trickle: drizzle|dribble
trim X: tidy up X
tuck in: bury|push in
turn out: unmould|upend
turning: flipping
uncover: take off the lid
until: until|till
wash X: rinse X|clean X
when it shimmers: once it ripples|when it moves like water
whisk: beat|whip|mix
wide open: gaping
wide: broad
wipe X: dust off X|clean X with a cloth
with a fork: with two forks|using a fork
with your fingertips: by hand|with light fingers
""")

# A dish: "@ name; cuisines" (* is any), "?" titles, "-" steps. {x} is an ingredient of
# category x with its article; {x.cut}, {x.until}, {x.they} and so on are made in
# `Recipe.phrase`, {x.part} and {x.rest} are the portions of what is divided. A coin is
# thrown for each word y: "(y? …)" stays if it shows heads, "(y! …)" if it shows tails.
DISHES = """
@ soup; *
? {veg.one} and {allium.one} soup
? {veg.one} soup with {aromatic}
? [creamy|velvety|smooth|rustic|golden|winter|harvest|brisk|November|
  thatched-cottage|woodsmoke|pale|amber] {veg.one} soup
? {cuisine} {veg.one} and {veg2.one} soup
- {allium.cut}; {aromatic.cut}. {veg.cut}. {veg2.cut}.
- [warm|heat] {fat.part} in <pot> over <low>. [add|put in|tip in] {allium} and
  {aromatic} and [cook|sweat|soften] gently, <stir>, until {allium.until},
  [about|around|roughly|some] #8-15# minutes. [stir in {spice} and cook
  <smell>.|tuck in {hardy} and cook <smell>.|]
- [add|tip in|stir in] {veg} and {veg2}, [put on the lid|cover the pot] and let
  everything [steam in its own moisture|sweat] for #4-8# minutes. pour in {stock},
  <boil>, and cook until {veg.done}, #15-30# minutes.
- [purée with a stick blender until velvety.|blend half of the soup and stir that
  back in for body.|crush some of the pieces against the side of the pot to thicken
  the broth.|pass through a fine sieve for a silken texture.|leave the soup
  chunky.] [stir in {creamy} and reheat without boiling.|sharpen with {acid}.|]
  <season>.
- ladle into <bowls>. [<herbs>.|trickle {fat.rest}, warmed, over the top.|float
  {crumb}, cut into cubes and toasted, on each.|<serve>.] <later>

@ pulse soup; *
? {cuisine} {pulse.one} soup
? {pulse.one} and {root.one} soup [with {spice}|with {green}|]
? [hearty|nourishing|frugal|thick|fireside|monastery|ploughman's|
  rib-sticking|humble] {pulse.one} soup
- {pulse.cut}. {root.cut}; {allium.cut}. {aromatic.cut}.
- [heat|warm] {fat.part} in <pot> over <low>. fry {allium} and {root}, <stir>, until
  {allium.until}, #8-12# minutes. add {aromatic} with {spice} and stir <smell>.
- tip in {pulse} and pour in {stock}[, tucking in {hardy}|]. <boil>, skim off the
  foam and simmer, [half covered|with the lid ajar], until {pulse.until}, #25-45/5#
  minutes.
- [{green.cut} and add to the pot; simmer until {green.until}, #3-6# minutes more. |
  ]<season>, [then sour with {acid}|and loosen with a little boiling water if it is
  too thick].
- [spoon|ladle] into <bowls> and [trickle {fat.rest} over each|top with {creamy}|
  <serve>]. <later>

@ stew; *
? {cuisine} {braise.one} [stew|with {root}|braised in {wine}]
? {braise} with {root} and {hardy}
? [slow-cooked|Sunday|long-braised|tender|farmhouse|vintner's|drover's|
  three-hour|blacksmith's|unhurried] {braise} and {allium}
- {braise.cut} and [rub with {salt}|season with {salt} and {pepper}]. {allium.cut};
  {root.cut}. (aromatic? {aromatic.cut}.)
- [heat|warm] {fat} in <pot> over <high>. brown {braise} [in batches|on every
  side|a few pieces at a time], #8-14# minutes, and lift {braise.them} out onto a
  plate.
- lower the heat. add {allium}(aromatic? and {aromatic}) to the [same pot|drippings]
  and cook until {allium.until}. stir in {spice} and [{condiment}, and cook <smell>|
  cook <smell>]. pour in {wine}, scraping up the [brown bits|sticky crust|
  sediment], and [boil until reduced by half|let it bubble for #3-6# minutes].
- return {braise} [with all the juices|to the pot]. add {stock} and {hardy}, cover,
  and [cook in the oven at #140-160/10# °C|simmer over the lowest flame] for
  #90-150/15# minutes. add {root} and cook until {root.until} and the {braise.bare}
  {braise.are} {braise.cue}, #30-45/5# minutes more.
- skim the fat from the surface[ and stir in {dried fruit}|]. <rest>, then [spoon
  onto <plates>| ladle into <bowls>|bring the pot to the table]. [<herbs>.|]
  <later>

@ bean pot; *
? {cuisine} {bean} with {summer}
? {bean.one} and {cured.one} [stew|pot|casserole]
? [smoky|sticky|weeknight|herdsman's|comforting|cowboy|stove-top|
  peppery|student's] {bean} with {green}
- {cured.cut}. {allium.cut}; {aromatic.cut}. {summer.cut}. {bean.cut}.
- cook {cured} in <pot> over <low> until {cured.until}, then [lift out|push to one
  side]. pour {fat} into the drippings, and in it [soften|sweat|fry] {allium},
  <stir>, for #6-10# minutes.
- add {aromatic} and {spice} and cook <smell>. stir in {summer} and simmer until
  {summer.until}, #8-15# minutes.
- fold in {bean} and [{condiment}, with half a cup of water,|{wine}] and bubble
  gently for #10-20/5# minutes, until the sauce [clings|thickens|coats a spoon].
  {green.cut}, stir {green.them} through, and cook until {green.until}. <season>.
- [return what you set aside, and ladle|ladle] into <bowls>. [spoon {creamy} on
  top.|<herbs>.| grate {hard cheese} over.|drizzle with {acid}.]

@ traybake; *
? roast {roastable} and {roastable2} with {spice}
? {cuisine} roast {roastable} [with {soft cheese}|]
? [sticky|charred|burnished|autumn|one-tin|allotment|lazy|crimson|
  bonfire] {roastable} and {allium}
- <oven>. {roastable.cut}. {roastable2.cut}; {allium.cut}.
- tumble {roastable}, {roastable2} and {allium} into <tin>. pour over {salad
  oil.part}, sprinkle with {spice}, {salt} and {pepper}, and [turn with your hands
  until everything glistens|toss well| mix until evenly coated].
- roast, [shaking the tin halfway|turning once], until {roastable.done}, #30-45/5#
  minutes. [scatter {crunch} over and return to the oven for #4-6# minutes.|]
- whisk {salad oil.rest} with {acid} and {condiment} to make a [sharp|glossy|
  punchy] dressing.
- pile onto [a warm platter|<plates>], trickle the dressing about[, crumble {soft
  cheese} over|, dot with {creamy}|] and <serve>. [<herbs>.|]

@ roast bird; *
? roast {thigh} with {root} and {citrus}
? {cuisine} roast {thigh} [with {allium}|]
? [crisp-skinned|weeknight|golden|lacquered|spatchcocked|sun-baked|gala|
  bistro|Easter] {thigh} with {hardy}
- <oven>. {thigh.cut}. {root.cut}; {allium.cut}. {citrus.cut}.
- in a [deep|large] bowl stir {fat} with {spice}, {salt} and the zest and juice of
  {citrus}. add {thigh}, rub the mixture into every fold, and [leave to marinate for
  #2-4# hours|marinate overnight in the refrigerator| leave for half an hour].
- spread {root} and {allium} in <tin> with {hardy}. set {thigh} on top, skin upwards,
  and pour in [{wine}|a cup of water].
- roast for #40-60/5# minutes, basting twice, until {thigh.done} and {root.done}.
  [brush with {condiment} for the last #5-10# minutes.|]
- <rest>, loosely covered. carry the tin to the table and carve, spooning the juices
  over <plates>. [<herbs>.|]

@ stir-fry; Thai, Vietnamese, Japanese, Korean, Sichuan
? {cuisine} {stirred} with {curd}
? stir-fried {stirred} and {stirred2} [in {condiment}|with {nut}]
? [quick|fiery|glossy|wok-tossed|midnight|thunderous|tangled|hawker|
  neon] {noodle} with {stirred}
- {stirred.cut}; {stirred2.cut}. {curd.cut}. {aromatic.cut}; {aromatic2.cut}.
- [combine|stir together] {condiment}, {wine} and {acid} in a [cup|small bowl].
  (noodle? {noodle.cut}, then drain.)(noodle! have everything within reach before you
  light the stove.)
- heat a wok until it smokes, and swirl in {fat.part}. fry {curd} until {curd.until},
  #3-6# minutes. lift out. add {fat.rest} and, when it shimmers, {aromatic},
  {aromatic2} and {spice}; toss for #20-40/10# seconds.
- throw in {stirred} and {stirred2} and stir-fry over the highest flame until
  {stirred.until}, #2-5# minutes. (noodle? add {noodle} and turn with tongs until
  hot.)
- return the {curd.bare}, pour in the sauce, and toss until everything is [glazed|
  glossy|coated]. [{herb.cut} and fold through.|scatter {crunch} over.|] [heap
  into <bowls>|divide among <bowls>| tip onto <plates>] and <serve>.

@ noodle soup; Thai, Vietnamese, Japanese, Korean, Sichuan
? {cuisine} noodle soup with {prawn}
? {noodle} in {aromatic.one} broth
? [clear|steaming|restorative|late-night|rainy-day|temple|jade|
  slurping|convalescent's] {mushroom.one} {noodle}
- {aromatic.cut}; {aromatic2.cut}. {mushroom.cut}; {prawn.cut}.
- simmer {stock} with {aromatic}, {aromatic2} and {spice} in <pot> for #15-25/5#
  minutes. strain, and stir in {condiment}.
- {noodle.cut}. [boil|cook] {noodle} until {noodle.until}, drain, rinse, and share
  among <bowls>.
- bring the broth back to a simmer. slide in {mushroom} and cook for #3-5# minutes,
  then {prawn}, until {prawn.until}, #2-4# minutes.
- ladle over the {noodle.bare}. [{raw.cut}; pile on top.|{herb.cut}; heap on top.]
  season with {acid}[ and drop on {seed}|] and <serve>.

@ pasta; Tuscan, Sicilian, Provençal
? {pasta} with {quick} and {hard cheese}
? {cuisine} {pasta} with {quick}
? {pasta}, {cured} and {green}
? [speedy|glossy|Friday|market-day|storecupboard|moonlighter's|rooftop|
  careless|sailor's] {pasta} with {condiment}
- {quick.cut}. {aromatic.cut}; {hard cheese.cut}. (cured? {cured.cut}.)
- bring a [big|tall|generous] pan of water to a rolling boil and stir in {salt}.
  add {pasta} and cook until {pasta.until}, #8-12# minutes. [save a cup of the cooking
  water|scoop out a mugful of the cloudy water], then drain.
- meanwhile heat {fat.part} in <pan> over <low>. (cured? fry {cured} until
  {cured.until}.) add {aromatic} and {spice} and sizzle <smell>. add {quick} and cook,
  <stir>, until {quick.until}, #5-10# minutes. [pour in {wine} and let it evaporate.|
  stir in {condiment}.|{green.cut}; add {green} and cook until {green.until}.]
- tip {pasta} into the pan with [a splash|a ladleful] of the saved water. toss over
  <high> until the sauce [clings|emulsifies|turns glossy]. off the heat fold in
  {hard cheese} and {pepper}.
- [twirl onto|share among] <plates>. [anoint with {fat.rest}.|<herbs>.|{nut.cut}
  and scatter over.|]

@ risotto; Tuscan, Sicilian
? {quick.one} risotto [with {hard cheese}|with {herb}|]
? {risotto} with {quick} and {wine}
? [soupy|springtime|saffron-coloured|patient|moonlit|velvet|canal-side|
  painter's|opera-night] {quick.one} risotto
- {allium.cut}. {quick.cut}; {hard cheese.cut}.
- keep {stock} at a bare simmer in a small saucepan. in <pot> melt half of
  {shortening} over <low> and [soften|sweat|fry] {allium} until {allium.until},
  #6-10# minutes.
- add {risotto} and stir until each grain is [coated|hot to the touch|glassy at
  the rim]. pour in {wine} and stir until it has been drunk up.
- add the stock a ladle at a time, <stir>, waiting until each is absorbed. after
  #8-10# minutes add {quick}. go on until {risotto.until}, #8-10# minutes more.
- off the heat beat in the other half of the {shortening.bare} and {hard cheese}.
  <season>. cover for two minutes, [ripple onto|spoon onto] <plates>[, strew with
  torn {herb.bare}|, scatter a little {spice.bare} over|] and <serve>.

@ pilaf; *
? {cuisine} {grain.one} pilaf with {nut}
? {grain} with {dried fruit} and {spice}
? [jewelled|buttery|toasted|festive|caravan|bridal|silk-road|garnet|
  palace] {grain.one} pilaf
- {grain.cut}. {allium.cut}; {root.cut}. {dried fruit.cut}.
- [heat|warm] {fat.part} in <pot> over <low>. [cook|fry|soften] {allium} and
  {root} until {allium.until}, #10-15# minutes. stir in {spice} and [{hardy} and cook
  <smell>|cook <smell>].
- add {grain} and turn until every grain shines. pour in {stock}, add {salt}, <boil>,
  cover tightly and cook over the lowest heat until {grain.until}, #15-40/5# minutes.
- off the heat scatter {dried fruit} over, lay a folded cloth under the lid, and
  <rest>.
- {nut.cut} and brown {nut.them} in {fat.rest}. fluff the {grain.bare} with a fork,
  mound onto a warm platter, pour over the {nut.bare}, and <serve>. [<herbs>.|]
  <later>

@ curry; Punjabi, Keralan, Thai, Vietnamese, Ethiopian
? {cuisine} {curryveg.one} and {legume.one} curry
? {curryveg} in {curry base} [with {hardy}|]
? [mellow|brick-red|monsoon|fragrant|slow|tiffin|railway|
  turmeric-stained|homely] {legume.one} and {curryveg.one} curry
- {curryveg.cut}. {allium.cut}; {aromatic.cut}; {aromatic2.cut}. {legume.cut}.
- [heat|warm] {fat} in <pot> over <high>. add {spice} and {hardy} and, when they
  [spit| crackle|darken], {allium}. fry, <stir>, until {allium.until}, #10-15#
  minutes.
- add {aromatic}, {aromatic2} and {spice2} and stir <smell>. [loosen {condiment} with
  a spoonful of water and fry until glossy.|]
- stir in {curry base} and a cup of water. add {legume} and {curryveg}, <boil> and
  simmer until {legume.done} and {curryveg.done}, #20-40/5# minutes.
- [balance with {acid} and|add] {salt}. [<rest>. |]spoon into <bowls> and [scatter
  with chopped {herb.bare}| top with {creamy}|<serve>]. [tear {wrap}, warmed in
  foil, to mop up the sauce.|{grain.cut}, boil until {grain.until}, and pass
  around.|] <later>

@ leaf salad; *
? {leaf.one}, {fruit.one} and {soft cheese.one} salad
? {leaf.one} salad with {nut} and {raw}
? {cuisine} salad of {leaf} and {raw}
? [crisp|bitter-sweet|green|first-course|picnic|frosty|gardener's|
  tumbled|feathery] {leaf.one} salad
- {leaf.cut}. {raw.cut}; {fruit.cut}.
- [toast {nut} in a dry pan until {nut.until}, then tip onto a board and chop.|
  scorch {crumb}, torn into rags, in a hot dry pan until {crumb.until}.]
- in the bottom of a [wide|wooden|salad] bowl whisk {acid} with {condiment} and
  {salt}. beat in {salad oil} in a thin stream until [thick|cloudy|emulsified].
- add {leaf}, {raw} and {fruit} and [lift through the dressing with your fingertips|
  toss with a light hand|turn until they barely glisten].
- heap onto <plates>. [{soft cheese.cut}; dot about the leaves.|{hard cheese.cut};
  let it fall on top.] finish with {pepper} and <cold>.

@ grain salad; *
? {grain.one} salad with {roastable} and {herb}
? {cuisine} {grain.one} and {bean.one} salad
? [lunchbox|sunny|substantial|garden|harvest|rambler's|beach|confetti|
  desk] {grain.one} salad with {soft cheese}
- <oven>. {roastable.cut}, toss with {salad oil.part} and {spice}, and roast until
  {roastable.until}, #25-40/5# minutes.
- {grain.cut}. [boil|cook] {grain} in plenty of water with {salt} until
  {grain.until}, #12-35# minutes. drain and spread on a tray to steam dry.
- {raw.cut}. (bean? {bean.cut}.)(bean! {dried fruit.cut}.) {herb.cut}.
- shake {acid}, {salad oil.rest} and {pepper} in a jar. pour over the {grain.bare}
  [while still warm|so that it soaks in], then fold in {roastable}, {raw}, {herb}
  and (bean? {bean})(bean! {dried fruit}).
- <rest>. [{soft cheese.cut}; strew over.|scatter {crunch} over.] <cold>, or pack
  into boxes for {serves}. <later>

@ grill; *
? grilled {cutlet} with {summer.one} relish
? {cuisine} {cutlet} with {acid}
? [smoky|charred|barbecued|garden-party|midsummer|ember-kissed|patio|
  gaucho|lakeside] {cutlet} and {raw}
- {cutlet.cut}. {aromatic.cut} and mix with {spice}, {fat} and {acid}. coat {cutlet}
  and marinate for #2-6# hours.
- {summer.cut}. {allium.cut}. stir {summer} and {allium} together with {salt} [and
  {condiment}|] for a relish, and let it draw.
- heat a [charcoal grill|ridged griddle|barbecue] until you cannot hold a hand
  over it. shake the marinade from {cutlet} and grill, turning once, until
  {cutlet.until}, #6-12# minutes.
- <rest>. {raw.cut} and arrange on <plates>. [slice {cutlet} against the grain|lay
  {cutlet} on top], spoon the relish alongside, and <serve>. [<herbs>.|]

@ pan-fried fish; *
? {fish} with {pod} and {condiment}
? {cuisine} {fish} with {citrus}
? pan-fried {fish}, {fat} and {herb}
? [crisp|brown-buttered|harbour|Friday|island|lighthouse|trawler|
  blistered|angler's] {fish} with {pod}
- {fish.cut} and dust with {flour} seasoned with {salt} and {pepper}. {pod.cut};
  {citrus.cut}.
- [boil|cook] {pod} in salted water until {pod.until}, #2-6# minutes. drain and keep
  warm.
- [heat|warm] {fat.part} in <pan> over <high>. lay in {fish}, skin side down, and
  press for a few seconds so that {fish.they} cannot curl. fry until {fish.until},
  #2-4# minutes a side. move to <plates>.
- wipe out the pan. add {fat.rest} and, when it foams, {condiment} and {citrus}.
  [swirl in {wine} and boil to a syrup.|swirl once and take off the heat.]
- {herb.cut}, stir into the pan, and spoon over {fish} and {pod}. <serve>.

@ seafood pot; *
? {mussel} with {wine} and {herb}
? {cuisine} {mussel} with {cured}
? [steamed|briny|garlicky|seaside|fisherman's|beachcomber's|estuary|
  foaming|tidal] {mussel} in {wine}
- {mussel.cut}. {allium.cut}; {aromatic.cut}. (cured? {cured.cut}.)
- [heat|warm] {fat} in <pot>. (cured? fry {cured} until {cured.until}.) [soften|
  sweat|cook] {allium} and {aromatic} over <low>, <stir>, for #4-7# minutes, then
  stir in {spice} <smell>.
- turn up the heat. pour in {wine} and, when it boils hard, add {mussel}. clamp on the
  lid and steam, shaking twice, until {mussel.until}, #3-6# minutes.
- [stir in {creamy}.|stir in {condiment}.|] {herb.cut} and throw in. season with
  {pepper}, tip into <bowls> and <serve>[ with {crumb}, sliced and toasted|].

@ fish stew; *
? {cuisine} {fish.one} stew with {shellfish}
? {fish.one} and {summer.one} stew
? [saffron-bright|skipper's|quick|wintry|copper-pot|mariner's|quayside|
  rust-red|storm] {fish.one} stew
- {fish.cut} and cut into large pieces. {shellfish.cut}. {allium.cut}; {summer.cut};
  {aromatic.cut}.
- [heat|warm] {fat} in <pot> over <low>. [cook|fry|soften] {allium} and
  {aromatic} until {allium.until}. add {spice} and {hardy} and stir <smell>.
- add {summer} and {wine} and simmer until {summer.until}, #12-20# minutes. pour in
  {stock}, <boil>, and bubble for #10-15# minutes.
- lower in {fish} and poach until {fish.until}, #4-7# minutes. add {shellfish} for the
  last #2-4# minutes, until {shellfish.until}. <season>.
- ladle carefully into <bowls>. [spread {crumb}, grilled, with {condiment} and float
  on top.|<herbs>.|pass {acid} at the table.|spoon on {creamy}.]

@ gratin; Provençal, Alsatian, Yorkshire, New England, Swedish, Greek, Tuscan, Polish
? {veg.one} gratin with {hard cheese}
? {cuisine} {veg.one} and {allium.one} gratin
? [bubbling|scalloped|layered|snow-day|cheesy|alpine|blanketed|chalet|
  molten] {veg.one} gratin
- <mild>. {veg.cut}, as evenly as you can. {allium.cut}. {aromatic.cut}; {hard
  cheese.cut}.
- melt {fat.part} in <pan> over <low> and [cook|fry|soften] {allium} until
  {allium.until}, #10-15# minutes.
- warm {creamy} with {stock}, {aromatic}, {hardy} and {spice} to just below a simmer.
  <season>.
- grease a shallow dish with {fat.rest}. layer {veg} with {allium} in it, pour over
  the warm liquid, press down, and cover with {hard cheese}. [rub {crumb} into crumbs
  and scatter over.|]
- bake until {veg.until} and the top is [blistered|deep gold|bubbling and brown],
  #45-70/5# minutes. <rest>, then [spoon|cut] into {serves} portions and <serve>.

@ fritters; *
? {fritter.one} fritters with {creamy}
? {cuisine} {fritter.one} and {soft cheese.one} fritters
? [crisp|lacy|golden|brunch|puffed|crackling|skillet|breakfast|spiky]
  {fritter.one} fritters
- [grate|finely chop|coarsely grate] {fritter}, and wring {fritter.them} out in a
  cloth. {allium.cut}. {herb.cut}.
- whisk {flour} with {lift}, {spice}, {salt} and {pepper}. beat in {egg}[ and a splash
  of cold water|], then fold in {fritter}, {allium} and {herb}[, with crumbled {soft
  cheese.bare}|].
- [heat|warm] {fat.part} in <pan> over <high>. drop in spoonfuls of the batter,
  flatten a little, and fry until [crisp and brown|freckled and firm|golden
  beneath], #2-4# minutes a side. add {fat.rest} for the second batch.
- drain on kitchen paper. stir {creamy} with {acid} for a sauce. stack on <plates> and
  <serve> with the sauce.

@ tart; Provençal, Alsatian, Yorkshire, New England, Swedish, Tuscan, Polish, Greek,
  Turkish
? {filling.one} and {hard cheese.one} tart
? {cuisine} {filling.one} tart with {herb}
? {filling.one}, {allium.one} and {soft cheese.one} tart
? [flaky|deep|lunchtime|hunter's|open|crinkled|gamekeeper's|marbled|
  verdant] {filling.one} tart
- <oven>. {pastry.cut} and line a tart tin with it. chill, prick, and bake blind for
  #12-18# minutes until dry.
- {filling.cut}. {allium.cut}. (cured? {cured.cut}.)
- [heat|warm] {fat} in <pan> over <low>. (cured? fry {cured} until {cured.until}.)
  [cook|fry|soften] {allium} until {allium.until}, #10-15# minutes. add {filling}
  and cook until {filling.until}; let the pan dry out.
- whisk {egg} with {creamy}, {spice}, {salt} and {pepper}. spread {filling} and
  {allium} in the case, (cured? [grate|shave] {hard cheese} over the top,)(cured!
  crumble {soft cheese} over,) and pour in the custard.
- bake until the filling [is set with a slight tremble|has puffed|is golden],
  #25-35/5# minutes. <rest>. cut into {serves} slices. [<herbs>.|] <later>

@ frittata; Tuscan, Sicilian, Provençal, Andalusian, Greek, Persian, Lebanese, New
  England
? {filling.one} frittata [with {soft cheese}|]
? {cuisine} omelette with {filling} and {herb}
? [thick|sunny|cold-supper|skillet|fork-tender|quivering|camper's|
  golden-hour|bachelor's] {filling.one} and {allium.one} omelette
- {filling.cut}. {allium.cut}; {herb.cut}. (soft? {soft cheese.cut}.)(soft! {hard
  cheese.cut}.)
- warm {fat.part} in <pan> over <low>. [cook|fry|soften] {allium} until
  {allium.until}, #8-12# minutes, then add {filling} and cook until {filling.until}.
  sprinkle in {spice} and cook <smell>.
- beat {egg} with {salt}, {pepper} and {herb}. add {fat.rest} to the pan, turn up the
  heat and pour in the mixture. draw in the edges until half set.
- dot with (soft? {soft cheese},)(soft! {hard cheese},) lower the heat, and cook
  without stirring for #6-10# minutes. [slide under the grill until puffed.|invert
  onto a plate, slip back in, and cook the other side.]
- turn out, [cool to lukewarm|leave for five minutes], cut into {serves} wedges and
  <serve>.

@ tacos; Oaxacan, Peruvian, Korean, Lebanese, Turkish, Cajun, Vietnamese, Moroccan,
  Greek
? {cutlet} in {wrap} with {raw}
? {cuisine} {wrap} with {mince}
? [messy|street-corner|stuffed|market|two-handed|carnival|overstuffed|
  boardwalk|napkin-defying] {wrap} with {mince} and {raw}
- {allium.cut}; {aromatic.cut}. {mince.cut}. {raw.cut}; (leaf? {leaf.cut}.)(leaf!
  shred {brassica} as fine as lace.)
- toss {raw} with {acid} and {salt} and leave to pickle while you cook.
- [heat|warm] {fat} in <pan> over <high>. fry {mince}, breaking it up, until
  {mince.until}, #6-9# minutes. add {allium}, {aromatic} and {spice} and cook, <stir>,
  for #5-8# minutes more. stir in {condiment} and [scrape up the crust|simmer until
  sticky].
- {wrap.cut}. spread {wrap} with {creamy}, pile in {mince}, top with (leaf?
  {leaf})(leaf! {brassica}) and the drained {raw.bare}, and fold. [{herb.cut} for the
  top.|] <serve> to {serves} hungry people.

@ meatballs; *
? {cuisine} meatballs with {curry base}
? {mince.one} meatballs with {herb} and {nut}
? [juicy|little|weeknight|pan-roasted|grandfather's|bouncy|trattoria|
  thumb-sized|cellarman's] {mince.one} meatballs in {wine}
- {crumb.cut} and soak in a little water, then squeeze. {allium.cut}; {aromatic.cut};
  {herb.cut}.
- knead {mince} with {crumb}, {spice}, {herb}, {salt} and {pepper} [and {nut}, finely
  chopped,|] until tacky. with wet hands roll into #20-32/4# balls, and chill for
  #20-40/10# minutes.
- [heat|warm] {fat} in <pan> over <high>. brown the meatballs all over, #6-9#
  minutes, and take them out. [soften|sweat|cook] {allium} and {aromatic} in the
  same pan over <low> until {allium.until}.
- pour in {wine} and [{curry base}|{stock}], and simmer for #10-15# minutes. return
  the meatballs and cook through, turning, for #8-12# minutes.
- divide among <plates>. [grate {hard cheese} over.|swirl in {creamy}.|] <serve>.
  <later>

@ dip; *
? {bean.one} and {creamy.one} dip
? {cuisine} {dipveg.one} dip with {crunch}
? [smoky|whipped|lemon-bright|silky|party|sunset|scoopable|mezze|
  ruddy] {dipveg.one} and {bean.one} purée
- <oven>. {dipveg.cut} and roast with {salad oil.part} and {spice} until
  {dipveg.until}, #30-45/5# minutes. cool.
- {bean.cut}. {aromatic.cut} and pound with {salt}.
- blend {dipveg}, {bean} and {aromatic} with {creamy} and {acid} until [satin-smooth|
  coarse but spreadable|as light as mousse], adding a spoonful of cold water if it
  is stiff.
- spread in a shallow bowl and make a well with the back of a spoon. fill it with
  {salad oil.rest}, scatter {crunch} over, and <serve> to {serves} with {wrap}[, cut
  into triangles and toasted|, torn into pieces].

@ stuffed vegetables; *
? {vessel} stuffed with {grain} and {nut}
? {cuisine} stuffed {vessel}
? [slow-baked|brimming|tender|holiday|sweet-sour|pot-bellied|village|
  harvest-home|turbaned] stuffed {vessel} with {herb}
- <mild>. halve {vessel} lengthways and hollow {vessel.them} out with a teaspoon.
  {grain.cut}. {allium.cut}; {herb.cut}.
- parboil {grain} for #8-12# minutes and drain. [heat|warm] {fat.part} in <pan> and
  [cook|fry|soften] {allium} until {allium.until}. [add {mince} and fry until
  {mince.until}.|add {nut} and fry until {nut.until}.]
- off the heat mix in {grain}, {dried fruit}, {spice} and {herb}. <season>.
- pack the mixture into {vessel}, set in a snug dish, and pour around them {stock} and
  {condiment}. trickle with {fat.rest}, cover, and bake for #40-60/5# minutes; uncover
  and bake #10-20/5# minutes more, until {vessel.until}.
- cool a little, [baste with the juices|sharpen with {acid}|spoon {creamy} on top]
  and <serve> on <plates>. <later>

@ slaw; *
? {brassica.one} and {raw.one} slaw
? {cuisine} {root.one} and {orchard.one} slaw
? [crunchy|sprightly|picnic|pink|ten-minute|confetti|deli|zingy|
  electric] {root.one} and {brassica.one} slaw
- shred {brassica}, [stalk and all|cores left out], as finely as you can. peel
  {root} and cut {root.them} into [matchsticks|fine strips|threads]. core
  {orchard} and slice {orchard.them} thinly. {raw.cut}.
- put {brassica} and {root} in a big bowl with {salt}, [scrunch with your hands|rub
  until they weep], leave for #15-30/5# minutes, and drain.
- beat {creamy} with {acid}, {condiment} and {spice}. [let down with a spoonful of
  water.|]
- toss {brassica}, {root}, {orchard} and {raw} in the dressing. {herb.cut} and mix in.
  [top with {crunch}.|] <cold> in <bowls>.

@ relish; *
? {fruit.one} and {allium.one} chutney
? {cuisine} {fruit.one} pickle with {spice}
? [dark|sharp|sticky|cellar|five-jar|attic|village-fair|treacly|
  winter-store] {fruit.one} and {warm spice.one} chutney
- {fruit.cut}. {allium.cut}; {aromatic.cut}. {dried fruit.cut}.
- put {fruit}, {allium}, {aromatic} and {dried fruit} into <pot> with {sugar}, {acid},
  {salt}, {spice} and {warm spice}.
- stir over <low> until {sugar} {sugar.have} dissolved. <boil> and cook, <stir>, until
  thick and dark, #50-90/10# minutes. it is ready when a spoon drawn across the base
  leaves a clean path.
- spoon while hot into {serves} sterilised jars, seal, and label. keep in a cool dark
  place for #2-8# weeks before opening.

@ cake; *
? {citrus.one} and {ground nut.one} cake
? {fruit.one} and {warm spice.one} cake
? {chocolate.one} and {nut.one} [loaf|cake|torte]
? [sticky|plain|teatime|damp|upside-down|birthday|orchard|
  rainy-afternoon|parson's|velvety|tumbledown|bakery] {fruit.one} cake
- <mild> and line a [deep|round|loaf] tin with paper. {shortening.cut}.
  {fruit.cut}. {citrus.cut}.
- beat {shortening} with {sugar} until pale and fluffy, #4-7# minutes. beat in {egg}
  one by one[, with the zest|]. fold in {flour}, {lift}, {warm spice} and {ground
  nut} [in three additions|with a metal spoon|lightly].
- [{chocolate.cut} and fold in.|{nut.cut} and fold in.|stir in {dried fruit}.|]
  scrape into the tin and arrange {fruit} on top.
- bake until [risen and springy|a skewer comes out clean|the sides shrink from the
  tin], #40-65/5# minutes. prick all over and spoon on {citrus}, juice and zest[,
  sweetened with {drizzle}|].
- cool in the tin, turn out, and cut into {serves} generous slices. [serve with
  {whipped}.|it keeps for a week in a box.|sweeten with a little more {sugar.bare}
  if the fruit is sharp.]

@ biscuits; *
? {nut.one} and {warm spice.one} biscuits
? {oats.one} and {dried fruit.one} biscuits
? {chocolate.one} [crackle|chip|thumbprint] biscuits with {warm spice}
? [chewy|snappy|lunchbox|holiday|crumbly|dunkable|lantern|freckled|
  postman's] {nut.one} biscuits
- <mild> and line two trays with paper. {shortening.cut}. {nut.cut}; (fruit? {dried
  fruit.cut}.)(fruit! {chocolate.cut}.)
- beat {shortening} and {sugar} until [airy|pale|smooth], then work in {egg}. stir
  in {flour}, {oats}, {lift}, {warm spice} and {salt} to make a soft dough.
- knead in {nut} and (fruit? {dried fruit}.)(fruit! {chocolate}.) roll into
  walnut-sized balls, #20-30# of them, [flatten with a fork|press with your thumb|
  space well apart], and chill for #20-40/10# minutes.
- bake until [tawny at the rim|set but soft in the middle|golden], #10-15#
  minutes. firm up on the trays, then cool on a rack. [store in an airtight tin.|eat
  with a cold glass of something.|wrap {serves} at a time as presents.]

@ crumble; *
? {fruit.one} and {nut.one} crumble
? {orchard.one} and {berry.one} crumble
? [bubbling|Sunday|rough-topped|school-days|blustery-day|hedgerow|
  nursery|crackle-topped|cricket-tea] {fruit.one} crumble
- <mild>. {fruit.cut}; {berry.cut}. toss {fruit} and {berry} in a deep dish with half
  of {sugar}, {warm spice} and {citrus}, zested and squeezed.
- rub {shortening} into {flour} with your fingertips until it looks like gravel. stir
  in {oats}, {nut} and the other half of the {sugar.bare}.
- scatter the topping over, [piling it highest in the middle|pressing a few handfuls
  into lumps|without packing it down].
- bake until {fruit.done} and the juices [bubble up at the edge|seep through],
  #30-45/5# minutes. <rest>. spoon into <bowls> and <serve>[ with {whipped}|].

@ set cream; *
? {warm spice.one} panna cotta with {berry}
? {dairy.one} and {citrus.one} pots
? [wobbly|moon-white|cool|dinner-party|trembling|satin|ballroom|
  cloudlike|ivory] {warm spice.one} creams with {stone}
- {setting.cut} in a little cold water until soft. warm {dairy} with {sugar} and {warm
  spice} until steaming, cover, and infuse for #15-30/5# minutes.
- strain, return to a bare simmer, and whisk in {setting} until dissolved. [beat in
  {whipped}.|stir in {chocolate} until melted.|]
- pour into {serves} moulds, cool, and chill until set with a quiver, #4-8# hours.
- (berry? {berry.cut};)(berry! {stone.cut};) {citrus.cut}. simmer together for #4-8#
  minutes until syrupy. cool.
- dip the moulds in hot water, turn out onto <plates>, and spoon (berry?
  {berry})(berry! {stone}) around. [{nut.cut} and scatter over.|]

@ ice; *
? {soft fruit.one} and {herb.one} sorbet
? {warm spice.one} ice with {chocolate}
? [sharp|tingling|dusk-pink|slushy|verandah|glacial|carousel|lagoon|
  fizzing] {soft fruit.one} ice
- {soft fruit.cut}. {citrus.cut}.
- simmer {sugar} in a cup of water with {warm spice} until clear, #3-6# minutes,
  [bruise {herb} into it|cover] and leave until cold. strain.
- purée {soft fruit} with the syrup and {citrus}[, and rub through a sieve|]. [stir
  in {dairy}.|stir in {sweet wine}, which keeps it soft.|]
- freeze in a shallow box, [raking with a fork every half hour|beating three times
  as it hardens|churning if you have a machine], #3-6# hours.
- [{chocolate.cut} and fold in at the last stir. |]scoop into {serves} chilled
  glasses and <cold>.

@ poached fruit; *
? {orchard} poached in {sweet wine}
? {stone} with {warm spice} and {nut}
? [lazy|ruby|wine-dark|candlelit|syrupy|cardinal|opulent|convent|
  stained-glass] {orchard} with {warm spice}
- {orchard.cut}. (stone? {stone.cut}.) {citrus.cut}.
- dissolve {sugar} in {sweet wine} and two cups of water in <pot>. add {warm spice},
  {woody} and {citrus} and simmer for #8-12# minutes.
- slip in {orchard}(stone? and {stone}), press a circle of paper on top, and poach
  until {orchard.until}, #15-40/5# minutes.
- lift out. boil the liquor down to a [glossy|light|sticky] syrup, and strain it
  back over. chill for #2-12# hours.
- arrange in {serves} glasses, [whip {whipped} and spoon on|scatter with {nut},
  toasted and chopped|<cold>].

@ pancakes; *
? {flour.one} pancakes with {berry}
? {tropical.one} and {warm spice.one} pancakes
? [fluffy|ragged|lazy-morning|silver-dollar|griddled|snowed-in|wobbling|
  pyjama|stacked] {flour.one} pancakes with {tropical}
- whisk {flour}, {lift} and {salt}[ with {warm spice}|]. make a well, drop in {egg},
  and beat in {dairy} little by little until the batter [ribbons|is smooth|coats a
  ladle]. rest it for #15-30/5# minutes.
- (berry? {berry.cut} and warm in a small pan with {sugar} until
  {berry.until}.)(berry! {tropical.cut} and turn in {sugar} in a hot pan until
  {tropical.until}.)
- melt a little of {shortening} in <pan>. ladle in small rounds of batter and cook
  until [bubbles break on top|lacy at the edge], turn, and brown the other side.
  keep warm, and use the rest of the {shortening.bare} as you go.
- stack on <plates>, spoon (berry? {berry})(berry! {tropical}) over, [add {whipped}|
  scatter with {crunch}|pour on {drizzle}] and <serve>.

@ granola; *
? {oats.one} granola with {nut} and {dried fruit}
? {warm spice.one} and {seed.one} granola
? [clumpy|big-jar|hiker's|toasty|cabin|sunrise|rattling|beekeeper's|
  summit] granola with {dried fruit}
- <mild>. {nut.cut}. {dried fruit.cut}.
- warm {fat} with {sugar}, {warm spice} and {salt} until runny. pour over {oats},
  {nut} and {seed} and stir until nothing is dry.
- spread on a lined tray and bake, turning every #8-10# minutes, until [toasted and
  fragrant|amber], #25-40/5# minutes.
- leave on the tray until cold and crisp, break into clumps, and mix in {dried fruit}.
  it fills a jar for {serves} breakfasts[, with {whipped}|, with {dairy}|].

@ drink; *
? {citrus.one} and {herb.one} [cordial|punch|cooler]
? {fruit.one} and {warm spice.one} [punch|cordial]
? [sparkling|porch|long|garden-gate|heatwave|croquet|hammock|regatta|
  firefly] {berry.one} and {citrus.one} cup
- {citrus.cut}. {fruit.cut}.(berry? {berry.cut}.)
- heat {sugar} with a cup of water and {warm spice} until dissolved. add
  {fruit}(berry? and {berry}) and mash over <low> for #5-10# minutes.
- add {citrus} and {herb}, bruised between your palms, cover, and steep for #2-3#
  hours. strain through muslin.
- half fill {serves} tall glasses with ice. share out the syrup, top up with {fizz},
  [stir once|float a sprig on each|add {sweet wine} for the grown-ups] and <cold>.

@ flatbread; *
? {flour.one} flatbread with {allium} and {seed}
? {cuisine} bread with {hardy}
? [dimpled|blistered|campfire|pulled|hearth|rustling|shepherd's|
  moon-cratered|harvest-supper] bread with {condiment} and {hardy}
- dissolve {yeast} in a cup of lukewarm water until frothy, #8-12# minutes. stir into
  {flour} with {salt} and half of {salad oil}, and knead until [elastic|as smooth as
  an earlobe|springy], #8-12# minutes.
- cover with a damp cloth and leave to rise in a warm corner until doubled, about an
  hour and a half. {allium.cut}; {hardy.cut}.
- <oven>. press the dough into an oiled tray, dimple with your fingertips, and press
  in {allium}, {hardy} and {condiment}. prove for #20-30/5# minutes.
- pour over the other half of the {salad oil.bare}, scatter with {seed}, and bake
  until [hollow when tapped|brown and crackling], #18-28# minutes. cool on a rack,
  tear into {serves}, and <serve>.

@ dumplings; Polish, Georgian, Sichuan, Korean, Hungarian, Alsatian, Japanese
? {cuisine} dumplings with {mince} and {allium}
? {green.one} and {curd.one} dumplings
? [pleated|plump|family|steamed|slippery|lunar|crimped|fairground|
  hundred-fold] {mince.one} dumplings with {acid}
- work {flour} with {salt} and enough boiling water to make a firm dough. knead until
  smooth, wrap, and rest for #30-60/10# minutes.
- {green.cut}; {allium.cut}; {aromatic.cut}. (mince? {mince.cut}.)(mince! {curd.cut},
  then crush.)
- [heat|warm] {fat.part} in <pan>. [cook|fry|soften] {allium} and {aromatic}
  <smell>, add {green}, and stir until {green.until}. cool, then mix with (mince?
  {mince},)(mince! {curd},) {spice} and {condiment}.
- roll out the dough, cut #24-40/4# rounds, put a teaspoon of filling on each, and
  [pleat shut|seal into half-moons|gather into purses].
- [boil until they float|steam in a lined basket|simmer in batches], #5-9#
  minutes. drain. fry in {fat.rest} if you like a crust. dress with {acid}[, top with
  {creamy}|] and <serve> in <bowls>.
"""

SLOT = re.compile(r"\{([a-z ]+)(\d?)(?:\.([a-z]+))?\}")
LISTING = re.compile(r"\{[a-z ]+\d?\}(?:, \{[a-z ]+\d?\})* and \{[a-z ]+\d?\}")
COIN = re.compile(r"\((\w+)([?!])([^()]*)\)")
SERVES = {2: "two", 4: "four", 6: "six", 8: "eight"}
# What a portion brings by category, roughly: grams of protein, fat and carbohydrate.
NUTRITION = {
    **dict.fromkeys(("braise", "cutlet", "mince"), (34, 18, 0)),
    **dict.fromkeys(("fish", "shellfish"), (30, 8, 1)),
    **dict.fromkeys(("bean", "pulse"), (11, 2, 28)),
    **dict.fromkeys(("grain", "risotto", "pasta", "noodle"), (10, 2, 62)),
    **dict.fromkeys(("flour", "oats", "wrap", "crumb", "pastry"), (7, 4, 42)),
    **dict.fromkeys(("hard cheese", "soft cheese", "curd", "egg"), (10, 10, 1)),
    **dict.fromkeys(("fat", "shortening"), (0, 16, 0)),
    **dict.fromkeys(("nut", "seed", "ground nut"), (5, 12, 4)),
    **dict.fromkeys(("sugar", "chocolate", "dried fruit"), (1, 3, 30)),
    "cured": (9, 14, 1),
    "creamy": (3, 12, 3),
    "curry base": (3, 12, 8),
    "dairy": (5, 6, 7),
}
SALTY = {"salt": 450, "condiment": 320, "cured": 380, "stock": 260, "hard cheese": 190}
MEAT = {"braise", "cutlet", "mince", "fish", "shellfish", "cured"}
ANIMAL = re.compile(
    "chicken|beef|fish|ham stock|dashi|lard|goose|duck|anchovies|oyster|Worcestershire|"
    "shrimp|kimchi|curry paste|gelatine|veal|lobster|game stock|turkey|mushroom ketchup"
)
DESCRIPTION = """
[A [{dish} for|generous {dish}, enough for] {serves}, [built on|led by] {first}
  and {second}[, with a {cuisine} accent|].|We [came back|keep returning] to
  this {dish} [whenever {first.bare} {first.are} at {first.their} best|for the way
  {first} and {second} work together].|[Simple|Unfussy|Forgiving] cooking:
  {first}, {second} and a [little|measure of] patience.|This {cuisine}-leaning
  {dish} [needs one pot and no special skill|rewards good {first.bare}|disappears
  fast].]"""


def vary(template: str) -> str:
    """A template in which the words of `SYNONYMS` have become alternatives."""
    words = "|".join(sorted(map(re.escape, SYNONYMS), key=len, reverse=True))
    return re.sub(
        rf"(?<![\w{{<(.-])({words})(?![\w}}>-])",
        lambda match: f"[{match[1]}|{match[1]}|{SYNONYMS[match[1]]}]",
        template,
    )


def read_pantry(text: str) -> dict[str, Ingredient]:
    """The ingredients of `PANTRY` by name."""
    pantry = {}
    for line in unwrap(text).split("\n"):
        if line.startswith("= "):
            category, *defaults = line[2:].split("; ")
        elif line:
            items, *own = line.split("; ")
            cut, cue = map(vary, own + defaults[len(own) :])
            for item in items.split(", "):
                name, amount, unit = re.fullmatch(r"(.+): (\d+) ?(.*)", item).groups()
                pantry[name] = Ingredient(name, category, int(amount), unit, cut, cue)
    return pantry


def read_dishes(text: str) -> list[Dish]:
    """The dishes of `DISHES`."""
    dishes = []
    for heading, body in sections(text).items():
        name, cuisines = heading.split("; ")
        lines = body.split("\n")
        dishes.append(
            Dish(
                name,
                list(LARDER) if cuisines == "*" else cuisines.split(", "),
                titles=[line[2:] for line in lines if line.startswith("?")],
                steps=[vary(line[2:]) for line in lines if line.startswith("-")],
            )
        )
    return dishes


RULES = {name: vary(phrase) for name, phrase in PHRASES.items()}
INGREDIENTS = read_pantry(PANTRY)
LARDER = {  # cuisine: {category: names}
    cuisine: {
        category: names.split(", ")
        for category, names in re.findall(r"([a-z][a-z ]*): ([^;\n]+)", body)
    }
    for cuisine, body in sections(CUISINES).items()
}
# The names of the ingredients of each category.
SHELVES: dict[str, list[str]] = {}
for item in INGREDIENTS.values():
    SHELVES.setdefault(item.category, []).append(item.name)
ALL_DISHES = read_dishes(DISHES)


def singular(name: str) -> str:
    """A noun as it stands before another noun: carrots, carrot (soup)."""
    for ending, one in (("chillies", "chilli"), ("leaves", "leaf"), ("ies", "y")):
        if name.endswith(ending):
            return name.removesuffix(ending) + one
    if name.endswith(("toes", "shes", "ches", "goes")):
        return name[:-2]
    return name[:-1]


def overlap(one: str, other: str) -> bool:
    """Whether the words of one name stand in the other: onions and red onions."""
    return f" {one} " in f" {other} " or f" {other} " in f" {one} "


def title_case(text: str) -> str:
    """Capitals as in the title of a dish."""
    small = {"a", "and", "in", "of", "the", "with", "de"}
    words = [
        word if word in small else word[0].upper() + word[1:] for word in text.split()
    ]
    return " ".join(words)


class Recipe:
    """A recipe in the making: what has been chosen so far, and how to speak of it."""

    def __init__(self, dish: Dish, rng: np.random.Generator):
        self.dish = dish
        self.rng = rng
        self.cuisine = pick(dish.cuisines, rng)
        self.serves = int(rng.choice(list(SERVES), p=[0.2, 0.45, 0.25, 0.1]))
        self.chosen: dict[str, Ingredient] = {}
        self.amounts: dict[str, int] = {}

    def choose(self, slot: str) -> Ingredient:
        """The ingredient in a slot, if possible one that the cuisine reaches for."""
        if slot not in self.chosen:
            kind = slot.rstrip("0123456789")
            kinds = SLOTS.get(kind, kind).split(", ")
            taken = [item.name for item in self.chosen.values()]
            for larder in (LARDER[self.cuisine], {}):
                shelves = SHELVES | larder
                names = [n for kind in kinds for n in shelves.get(kind, [kind])]
                free = [n for n in names if not any(overlap(n, t) for t in taken)]
                if free:
                    break
            self.chosen[slot] = INGREDIENTS[pick(free, self.rng)]
        return self.chosen[slot]

    def amount(self, slot: str) -> int:
        """How much goes in: people are counted exactly, grams are a matter of taste."""
        item = self.choose(slot)
        if slot not in self.amounts:
            scaled = item.amount * self.serves / 4
            if item.unit in ("g", "ml"):
                step = 50 if scaled >= 200 else 10
                amount = step * round(scaled * pick((0.8, 1, 1.2), self.rng) / step)
            elif item.unit or item.amount > 1:
                amount = max(round(scaled), 1 if item.unit else 2)
            else:
                amount = item.amount
            self.amounts[slot] = amount
        return self.amounts[slot]

    def measure(self, slot: str, amount: int) -> str:
        """An amount with its unit, such as 1 tablespoon."""
        unit = self.choose(slot).unit
        if unit not in ("", "g", "ml"):
            one = "leaf" if unit == "leaves" else unit.removesuffix("s")
            many = {"leaf": "leaves", "bunch": "bunches", "pinch": "pinches"}
            unit = one if amount == 1 else many.get(one, f"{one}s")
        return f"{amount} {unit}".strip()

    def phrase(self, slot: str, form: str | None, divided: bool) -> str:
        """What the steps and the title say of the ingredient in a slot."""
        item = self.choose(slot)
        them, they, their, are, have = (
            ("them", "they", "their", "are", "have")
            if item.plural
            else ("it", "it", "its", "is", "has")
        )
        if form in ("cut", "cue", "until", "done"):
            text = expand(item.cut if form == "cut" else item.cue, RULES, self.rng)
            for token, word in (("X", f"the {item.name}"), ("THEM", them)):
                text = re.sub(rf"\b{token}\b", word, text)
            text = text.replace("THEY ARE", f"{they} {are}")
            subject = {"until": f"{they} {are} ", "done": f"the {item.name} {are} "}
            return subject.get(form, "") + text
        if form in ("part", "rest") and divided:
            whole = self.amount(slot)
            first = max(1, whole * 2 // 3)
            if form == "part":
                return f"{self.measure(slot, first)} of the {item.name}"
            return f"the remaining {self.measure(slot, whole - first)} of {item.name}"
        return {
            "bare": item.name,
            "one": singular(item.name) if item.plural else item.name,
            "them": them,
            "they": they,
            "their": their,
            "are": are,
            "have": have,
        }.get(form, f"the {item.name}")

    def fill(self, text: str, default: str | None = None) -> str:
        """Replace the slots of a text that has no alternatives left."""
        divided = {m[1] + m[2] for m in SLOT.finditer(text) if m[3] == "rest"}
        text = text.replace("{serves}", SERVES[self.serves])
        return SLOT.sub(
            lambda match: self.phrase(
                match[1] + match[2], match[3] or default, match[1] + match[2] in divided
            ),
            text.replace("{cuisine}", self.cuisine),
        )

    def toss(self, text: str) -> str:
        """Keep or drop what hangs on a coin: each is thrown once for a recipe."""
        coins = {}
        return COIN.sub(
            lambda match: (
                match[3]
                if coins.setdefault(match[1], bool(self.rng.integers(2)))
                == (match[2] == "?")
                else ""
            ),
            text,
        )

    def reorder(self, text: str) -> str:
        """Put the slots of each enumeration in random order."""

        def shuffle(match: re.Match) -> str:
            slots = self.rng.permutation(re.findall(r"\{.*?\}", match[0])).tolist()
            return re.sub(r"\{.*?\}", lambda _: slots.pop(), match[0])

        return LISTING.sub(shuffle, text)

    def describe(self) -> str:
        """A sentence about the dish and its first two ingredients."""
        text = expand(DESCRIPTION, RULES, self.rng).replace("{dish}", self.dish.name)
        first, second, *_ = self.chosen
        text = text.replace("{first", f"{{{first}").replace("{second", f"{{{second}")
        return sentences(self.fill(text))

    def write(self) -> dict:
        """The recipe under the keys of the original."""
        rng = self.rng
        steps = expand(self.toss("\n".join(self.dish.steps)), RULES, rng)
        steps = self.reorder(steps)
        directions = [
            sentences(expand("<next>", RULES, rng) * (number > 0) + step)
            for number, step in enumerate(self.fill(steps).split("\n"))
        ]
        titles = [
            title
            for title in (expand(title, RULES, rng) for title in self.dish.titles)
            if {m[1] + m[2] for m in SLOT.finditer(title)} - {"cuisine"}
            <= set(self.chosen)
        ]
        title = title_case(self.fill(pick(titles, rng), "bare"))
        lines = [
            f"{self.measure(slot, self.amount(slot))} {item.name}"
            for slot, item in self.chosen.items()
        ]
        used = list(self.chosen.values())
        categories = {item.category for item in used}
        meat = categories & MEAT or any(ANIMAL.search(item.name) for item in used)
        tags = [self.dish.name, self.cuisine, *(item.name for item in used[:4])]
        protein, fat, carbohydrate = np.sum(
            [NUTRITION.get(item.category, (1, 0, 3)) for item in used], axis=0
        ).tolist()
        day = np.datetime64("1998-01-01") + rng.integers(6500)
        return {
            "title": title,
            "directions": directions,
            "ingredients": lines,
            "categories": [title_case(tag) for tag in tags]
            + ([] if meat else ["Vegetarian"]),
            "desc": self.describe() if rng.random() < 0.6 else None,
            "date": f"{day}T04:00:00.000Z",
            "rating": pick((None, 2.5, 3.125, 3.75, 3.75, 4.375, 4.375, 5.0), rng),
            "calories": 4 * protein + 9 * fat + 4 * carbohydrate,
            "fat": fat,
            "protein": protein,
            "sodium": sum(SALTY.get(category, 5) for category in categories),
        }


def make(folder: Path, share: float = 1.0) -> None:
    """Write full_format_recipes.json: a share of `RECIPES`, keys as in the original."""
    rng = np.random.default_rng(SEED)
    recipes = [
        Recipe(pick(ALL_DISHES, rng), rng).write() for _ in range(int(RECIPES * share))
    ]
    (folder / "full_format_recipes.json").write_text(json.dumps(recipes))
