"""Stand-in for the wine reviews: tasting notes written by a phrase grammar.

The words of a note depend on what is in the glass: the variety brings its aromas, its
tannin, its acidity and its dishes; the province its soil, its weather and how ripe the
fruit tastes; the score its praise; the vintage the years it will keep; and each taster
has habits. So a model that is told country, province and variety can know much of the
note before it begins. Wineries and tasters are invented; grapes and places are real.
All of the wording was written for this module.
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .grammar import entries, expand, pick, sections, sentences

SEED = 13
REVIEWS = 8000

# Name: colour tannin acidity; aromas; flavours; dishes. Tannin (in a white wine: body)
# and acidity run from 1 to 3.
VARIETIES = entries("""
Cabernet Sauvignon: red 3 2; blackcurrant, cedar, cigar box, graphite, bell pepper,
  pencil shavings, bay leaf; cassis, black cherry, mocha, blackberry; rib-eye, roast
  lamb, braised short ribs, aged Cheddar
Merlot: red 2 1; plum, violet, cocoa powder, black tea, baked plum; damson, raspberry,
  milk chocolate, mulberry; duck breast, meatloaf, mushroom ragout
Cabernet Franc: red 2 3; roasted pepper, red currant, tobacco leaf, wet gravel, iris,
  green peppercorn; raspberry, cranberry, dried sage, red plum; rillettes, goat stew,
  grilled aubergine
Pinot Noir: red 1 3; wild strawberry, forest floor, dried rose petal, clove, beetroot,
  damp leaves; red cherry, cranberry, pomegranate, cola; roast quail, salmon, wild
  mushrooms, coq au vin
Gamay: red 1 3; banana skin, peony, crushed raspberry, granite dust, bubblegum; sour
  cherry, strawberry, cranberry, pink pepper; charcuterie, roast chicken, pork
  rillettes
Syrah: red 3 2; cracked pepper, smoked bacon, black olive, lavender, iron, violet;
  blueberry, blackberry, cured meat, liquorice; venison, lamb shank, cassoulet
Shiraz: red 3 1; eucalyptus, blackberry jam, leather, sweet spice, menthol;
  boysenberry, prune, dark chocolate, liquorice; barbecued brisket, kangaroo loin,
  meat pie
Grenache: red 1 1; garrigue, strawberry jam, white pepper, orange peel, dried thyme;
  kirsch, raspberry, fig, red liquorice; ratatouille, merguez, shepherd's pie
Mourvèdre: red 3 2; game, saddle leather, black olive, rosemary, ink; blackberry, soy,
  smoked meat, dried blueberry; daube, wild boar, oxtail
Malbec: red 2 1; violet, black plum, vanilla pod, sweet tobacco, ink; blueberry,
  mocha, boysenberry, plum skin; flank steak, empanadas, chimichurri chicken
Tempranillo: red 2 2; dill, tanned leather, dried cherry, coconut, tobacco,
  sandalwood; red plum, strawberry, vanilla, dried fig; suckling lamb, chorizo,
  Manchego
Garnacha: red 1 2; rosehip, blood orange, crushed rock, strawberry, wild herbs; red
  raspberry, plum, white pepper, cherry liqueur; migas, roasted peppers, rabbit paella
Mencía: red 2 3; sour cherry, slate, wild fennel, violets, blackcurrant leaf;
  raspberry, pomegranate, black pepper, cherry pit; octopus, empanada, pork belly
Monastrell: red 3 1; raisin, baked earth, black fig, cocoa, thyme; blackberry jam,
  prune, carob, roasted plum; gachas, lamb stew, blood sausage
Nebbiolo: red 3 3; tar, dried rose, anise, truffle, sour cherry, camphor, underbrush;
  red cherry, cranberry, white pepper, liquorice, orange zest; tajarin, braised beef
  cheek, agnolotti, aged Castelmagno
Barbera: red 1 3; black cherry, violet, wet earth, blackberry, baking spice; sour
  cherry, plum, black raspberry, nutmeg; pizza, salami, bagna cauda
Dolcetto: red 2 1; blueberry, almond skin, violet, black plum, grape must; blackberry,
  bitter almond, cherry, prune; vitello tonnato, focaccia, meat ravioli
Sangiovese: red 2 3; sour cherry, dried oregano, leather, tomato leaf, balsamic herbs,
  espresso; red cherry, cranberry, clove, orange peel; bistecca, wild boar ragù,
  pecorino, ribollita
Corvina: red 2 2; marasca cherry, dried fig, chocolate, raisin, tobacco, sweet almond;
  prune, kirsch, cinnamon, dried herbs; risotto all'Amarone, braised horse, Monte
  Veronese
Nero d'Avola: red 2 1; black cherry, dried thyme, prune, carob, Mediterranean brush;
  blackberry, liquorice, plum, blood orange; caponata, swordfish, arancini
Nerello Mascalese: red 2 3; volcanic ash, dried rose, wild strawberry, blood orange,
  smoke; red cherry, pomegranate, star anise, flint; tuna steak, pasta alla Norma,
  rabbit
Aglianico: red 3 3; ash, leather, black cherry, dried tobacco, game, iodine; plum,
  black pepper, espresso, liquorice; lamb ragù, provolone, grilled sausage
Primitivo: red 2 1; blackberry jam, fig paste, clove, baked plum, tobacco; prune,
  mocha, sweet cherry, molasses; orecchiette, barbecue, bombette
Montepulciano: red 2 2; black cherry, oregano, tar, wild berries, dusty earth; plum,
  blackberry, coffee bean, sour cherry; arrosticini, lasagne, porchetta
Touriga Nacional: red 3 2; bergamot, violet, rock rose, black plum, mint chocolate;
  blackberry, blueberry, dark plum, black tea; roast kid, alheira, wild duck
Portuguese Red: red 2 2; damson, dusty herbs, fig leaf, pine resin, mulberry; plum,
  blackberry, liquorice, red fruits; grilled sardines, feijoada, bifana
Port: sweet red 3 1; walnut, candied orange, burnt caramel, black fig, violet,
  chocolate; raisin, prune, toffee, blackberry liqueur; Stilton, walnut tart, dark
  chocolate
Zinfandel: red 2 1; brambleberry, black pepper, sagebrush, fruitcake, sassafras;
  raspberry jam, boysenberry, briar, cola; baby back ribs, pulled pork, chilli
Pinotage: red 2 2; smoked plum, banana, tar, rooibos, roasted coffee; mulberry, black
  cherry, hickory smoke, prune; bobotie, boerewurst, springbok
Carmenère: red 2 1; green peppercorn, paprika, tomato leaf, coffee, black plum;
  blackberry, roasted pepper, cocoa, herbal tea; pastel de choclo, pork ribs,
  empanadas
Blaufränkisch: red 2 3; black cherry, pepper, bramble, iron, juniper; blueberry, sour
  cherry, allspice, cranberry; goulash, roast goose, tafelspitz
Zweigelt: red 1 2; morello cherry, cinnamon, peony, fresh blackberry; red cherry,
  raspberry, pepper, plum; schnitzel, ham hock, speck dumplings
St. Laurent: red 1 3; sour cherry, smoke, forest berry, beet, violet; morello,
  cranberry, damp earth, blueberry; duck legs, liver dumplings, pheasant
Xinomavro: red 3 3; tomato paste, dried rose, olive tapenade, sour cherry, leather;
  sun-dried tomato, cranberry, clove, plum skin; moussaka, stifado, lamb with orzo
Agiorgitiko: red 2 2; dried cherry, nutmeg, cedar, red plum, basil; cherry, plum,
  sweet spice, cassis; keftedes, pastitsio, grilled lamb chops
Kékfrankos: red 2 3; sour cherry, paprika, wild blackberry, flint, cedar; black
  cherry, cranberry, pepper, blueberry; chicken paprikash, stuffed cabbage, salami
Saperavi: red 3 3; black mulberry, beef blood, pomegranate, pepper, barnyard;
  blackberry, sour plum, chocolate, liquorice; shashlik, khinkali, walnut aubergines
Plavac Mali: red 3 1; carob, dried fig, sea herbs, prune, maquis; blackberry, raisin,
  pepper, black cherry; pašticada, grilled bluefish, smoked ham
Marselan: red 2 2; cassis, violet, liquorice root, bay, lychee skin; blackberry, plum,
  mint, blueberry; lamb kebabs, shakshuka, stuffed vine leaves
Baco Noir: red 1 3; smoke, wild blueberry, wet leaves, elderberry; blackberry, plum,
  sour cherry, maple; tourtière, smoked turkey, burgers
Bordeaux-style Red Blend: red 3 2; cassis, cedar, graphite, tobacco, plum, sweet oak;
  blackcurrant, black cherry, espresso, fig; beef Wellington, rack of lamb, entrecôte
Rhône-style Red Blend: red 2 1; garrigue, smoked meat, raspberry, pepper, lavender;
  kirsch, plum, liquorice, blueberry; lamb tagine, sausages, stuffed peppers
Chardonnay: white 3 2; baked apple, hazelnut, buttered toast, lemon curd, brioche,
  white flowers; yellow apple, vanilla, ripe pear, butterscotch; lobster, roast
  chicken, turbot in cream
Sauvignon Blanc: white 1 3; gooseberry, cut grass, passion fruit, boxwood, nettle,
  chalk; grapefruit, lime, kiwi, green apple; goat's cheese, asparagus, oysters,
  ceviche
Riesling: white 1 3; petrol, lime blossom, slate, white peach, jasmine, honeycomb;
  green apple, apricot, lime, tangerine; pork with apples, Thai curry, smoked trout
Pinot Gris: white 2 1; honeysuckle, ripe pear, smoke, ginger, quince; yellow pear,
  peach, baked apple, almond; onion tart, pork terrine, sushi
Pinot Grigio: white 1 2; white peach, acacia, crushed stone, citrus zest, pear skin;
  green apple, lemon, nectarine, almond; fried squid, caprese, light antipasti
Gewürztraminer: white 3 1; lychee, rose petal, ginger, Turkish delight, clove; mango,
  candied peel, pineapple, honey; Munster, duck curry, foie gras
Viognier: white 3 1; apricot, orange blossom, honeysuckle, musk, ginger; peach,
  nectarine, tangerine, cream; lobster bisque, Moroccan chicken, crab cakes
Chenin Blanc: white 2 3; quince, wet wool, camomile, bruised apple, beeswax, hay;
  pear, honey, yellow apple, guava; tarte Tatin, pork rillons, river fish
Sémillon: white 2 1; lanolin, lemon curd, beeswax, fig, hay; lemon, melon, toast,
  honey; scallops, roast pork, crayfish
Marsanne: white 3 1; acacia, marzipan, quince, melon rind, beeswax; pear, almond,
  honey, yellow plum; quenelles, veal blanquette, monkfish
Muscat: white 1 1; grape blossom, orange flower, elderflower, rosewater, sage; fresh
  grape, mandarin, peach, mint; fruit salad, asparagus, almond biscuits
Grüner Veltliner: white 2 3; white pepper, radish, lentil, green pear, dill, lovage;
  grapefruit, snow pea, apple, arugula; wiener schnitzel, spring greens, carp
Albariño: white 1 3; sea spray, lime zest, white peach, honeysuckle, wet stone;
  nectarine, green apple, grapefruit, salted almond; percebes, mussels, grilled turbot
Verdejo: white 1 2; fennel, bay laurel, cut hay, passion fruit, lime; green melon,
  peach, bitter almond, citrus; gazpacho, tortilla, boquerones
Godello: white 2 2; wet slate, apple blossom, lemon balm, chamomile; pear, yellow
  plum, citrus, quince; hake, scallop gratin, tetilla
Torrontés: white 2 1; geranium, orange blossom, lychee, mint, rose; peach, lime,
  grapefruit, tangerine; humitas, spiced prawns, ceviche
Arneis: white 1 1; pear blossom, hay, almond, chamomile; white peach, apricot, lemon,
  hazelnut; vegetable flan, tuna tartare, robiola
Vermentino: white 1 2; rosemary, grapefruit pith, sea breeze, broom, almond; lime,
  green pear, white peach, saline; fritto misto, pesto, bottarga
Garganega: white 1 2; acacia, almond blossom, chamomile, white stone; yellow apple,
  pear, lemon, marzipan; risotto with peas, polenta, lake trout
Fiano: white 2 2; hazelnut, smoke, beeswax, acacia, mint; pear, honey, pine nut,
  citrus; linguine with clams, buffalo mozzarella, grilled prawns
Grillo: white 2 2; grapefruit, jasmine, sea salt, sage, papaya; peach, citrus, melon,
  almond; couscous with fish, sardines, raw prawns
Friulano: white 2 2; bitter almond, wild flowers, thyme, hay, pear; apple, white
  pepper, peach, almond; prosciutto, frico, white asparagus
Assyrtiko: white 2 3; flint, lemon rind, sea salt, volcanic smoke, beeswax; lime,
  green apple, grapefruit pith, honey; grilled octopus, fava purée, sea urchin
Moschofilero: white 1 3; rose petal, bergamot, lemongrass, grape skin; lime, white
  peach, mandarin, lychee; spanakopita, taramasalata, sushi
Furmint: white 2 3; smoke, quince, green walnut, honeycomb, wet ash; pear, lime,
  apricot, ginger; pike-perch, foie gras, roast goose
Rkatsiteli: white 3 2; dried apricot, black tea, walnut skin, quince, orange rind;
  apple peel, honey, persimmon, tannic pear; satsivi, khachapuri, smoked cheese
Malvasia: white 2 2; acacia, apricot, sage, sea spray, broom; pear, peach, almond,
  lemon; grilled scampi, truffled pasta, sea bass
Rebula: white 2 3; lemon peel, hay, crushed shells, chamomile, hazelnut; yellow apple,
  citrus, almond, pear; trout, ham, cheese strudel
Loureiro: white 1 3; laurel, lime blossom, green apple, acacia; lemon, grapefruit,
  white peach, tart pear; clams, salt cod fritters, grilled squid
Arinto: white 1 3; lemon zest, wet chalk, green plum, sea mist; lime, apple,
  grapefruit, pear; oysters, bacalhau, seafood rice
Portuguese White: white 2 2; white flowers, apricot, tangerine, dried grass; peach,
  pear, melon, toast; roast bacalhau, shellfish, chicken piri-piri
Bordeaux-style White Blend: white 2 2; lemon curd, cut grass, beeswax, acacia, toast;
  grapefruit, melon, peach, lanolin; sole, oysters, roast sea bass
Champagne Blend: sparkling 2 3; brioche, hazelnut, lemon zest, red apple, chalk,
  toast; green apple, currant, citrus, almond; oysters, gougères, caviar, smoked
  salmon
Sparkling Blend: sparkling 1 2; bread dough, green apple, white flowers, lemon;
  citrus, pear, strawberry, almond; fried chicken, canapés, sushi
Glera: sparkling 1 1; white peach, acacia, pear drop, wisteria; green apple, honeydew,
  citrus, cream; crostini, prosciutto, brunch
Rosé: rosé 1 2; wild strawberry, rose water, watermelon, orange zest, peach skin; red
  currant, raspberry, pink grapefruit, melon; salade niçoise, grilled prawns,
  bouillabaisse
Sauternes Blend: sweet white 3 2; saffron, apricot jam, beeswax, candied ginger,
  orange marmalade; peach nectar, honey, pineapple, crème brûlée; foie gras,
  Roquefort, lemon tart
Tokaji: sweet white 3 3; saffron, dried apricot, quince paste, tea leaf, honeycomb;
  orange marmalade, apricot, ginger, caramel; blue cheese, walnut roulade, plum
  dumplings
Sherry: sweet white 2 2; roasted almond, salted caramel, sea breeze, varnish, bread
  dough; walnut, dried fig, toffee, green olive; jamón, olives, almond soup
""")

# What else may be in a glass of each colour, whatever the grape.
GUESTS = entries("""
red: graham cracker, beef jerky, pomander, dried lavender, cumin, cranberry sauce,
  fennel seed, black cardamom, peat, charred wood, wild mint, beetroot, cherry cola,
  hibiscus, toasted almond, maraschino, gunpowder, old books, tree bark, mulch,
  potpourri, iron filings, sour plum, sumac, mincemeat, blackstrap molasses, cranberry
  bog, pine needles, turned soil, shoe polish, hoisin, caraway, chestnut, elderberry,
  loganberry, nutmeg, sarsaparilla, charcoal, nettle, cocoa nib, quince skin,
  buckwheat, chicory, kelp, bacon rind, candied violet, hops, macadamia, soot, blood,
  tamarind, rhubarb crumble, cloudberry, turmeric, wisteria, horsehair, treacle,
  vermouth, pastrami, cherrywood, leaf mould, chanterelle, yarrow, smoked tea
white: lemongrass, verbena, oyster shell, candle wax, crème fraîche, green mango,
  banana, chervil, kumquat, mirabelle, sorbet, white pepper, popcorn, struck flint,
  meringue, pollen, iodine, cucumber, celery leaf, bay, marjoram, barley sugar,
  pistachio, kaffir lime, satsuma, greengage, custard, lychee, wet cement, hawthorn,
  linden, oatmeal, saffron, starfruit, damson blossom, pomelo, yuzu, tarragon, clotted
  cream, gardenia, frangipani, tomato vine, straw, celeriac, macadamia, fenugreek,
  freesia, limoncello, aniseed, rainwater, peanut brittle, rice pudding, aloe, pea
  shoot, sorrel, tonic water, cashew, sweetcorn, clementine
rosé: rhubarb, hibiscus, blood orange, sea salt, sherbet, raspberry leaf, pink
  peppercorn, cantaloupe, guava, cherry blossom, pomelo, lavender, cranberry
sparkling: shortbread, oyster shell, ginger snap, quince, mandarin, white cherry, puff
  pastry, nougat, lime leaf, chamomile, sourdough, praline, cassis leaf
sweet red: prune, molasses, carob, espresso, dried cherry, mint chocolate, fruitcake,
  tar
sweet white: butterscotch, mandarin, pineapple, barley sugar, fig, acacia, nougat,
  iodine
""")

# @ Country; how its wineries are called; its designations; beginnings and ends of their
# names. Then a line for each province: how warm it is, from 1 to 3; regions; varieties;
# what lies, grows and blows there.
COUNTRIES = sections("""
@ France; Château, Domaine, Maison, Clos; Réserve, Vieilles Vignes, Cuvée Prestige,
  Les Terrasses, Grand Vin; Bel Vau Lan Cor Ser Mar Aur / mont rac tigny dieuse zelles
  vac
Bordeaux: 2; Pauillac, Saint-Émilion, Margaux, Médoc, Graves, Barsac; Bordeaux-style
  Red Blend, Merlot, Bordeaux-style White Blend, Sauternes Blend; deep gravel, the
  estuary, a classic structure, clay slopes, river mist, new barrels
Burgundy: 1; Meursault, Volnay, Chablis, Gevrey-Chambertin, Beaune, Mâcon; Pinot Noir,
  Chardonnay, Pinot Noir, Chardonnay; limestone scree, an old walled parcel, premier
  cru slopes, fossil-rich chalk, wooded hilltops, cool cellars
Rhône Valley: 3; Châteauneuf-du-Pape, Gigondas, Hermitage, Cornas, Condrieu,
  Vacqueyras; Rhône-style Red Blend, Syrah, Grenache, Viognier, Marsanne; rolled
  pebbles, the mistral, granite terraces, scorched scrubland, sun-baked stones,
  century-old bush vines
Loire Valley: 1; Sancerre, Chinon, Vouvray, Savennières, Saumur, Muscadet; Sauvignon
  Blanc, Chenin Blanc, Cabernet Franc; tuffeau caves, flinty soils, riverbank gravel,
  morning fog, château gardens, schist outcrops
Alsace: 1; Riquewihr, Alsace, Kaysersberg, Ribeauvillé; Riesling, Gewürztraminer,
  Pinot Gris, Muscat; pink sandstone, a grand cru slope, the Vosges rain shadow, old
  oval casks, marl terraces, storks above the village
Champagne: 1; Champagne, Aÿ, Épernay, Vertus; Champagne Blend, Champagne Blend,
  Chardonnay; chalk cellars, long months on the lees, a low dosage, reserve wines,
  grand cru villages, disgorgement last spring
Beaujolais: 1; Morgon, Fleurie, Moulin-à-Vent, Brouilly; Gamay; pink granite, whole
  bunches, crumbling schist, old goblet vines, the spring after harvest, blue volcanic
  stone
Provence: 3; Bandol, Côtes de Provence, Cassis, Palette; Rosé, Mourvèdre, Rhône-style
  Red Blend; sea breezes, umbrella pines, terraces over the Mediterranean, lavender
  fields, summer terraces, limestone coves
Languedoc-Roussillon: 3; Corbières, Minervois, Pic Saint-Loup, Fitou; Rhône-style Red
  Blend, Syrah, Grenache, Mourvèdre; wild scrub, schist hills, the tramontane,
  abandoned windmills, Cathar ruins, heat-cracked earth
Southwest France: 2; Cahors, Madiran, Jurançon, Bergerac; Malbec, Merlot, Sauvignon
  Blanc; river terraces, walnut groves, duck farms, iron-rich clay, foothills of the
  Pyrenees

@ Italy; Tenuta, Cantina, Podere, Azienda, Fattoria; Riserva, Vigna Alta, Superiore,
  Selezione, Bricco; Mon Cas San Ver Bel Tor Gal / tralba telmaro viella dorata
  tignola zano
Tuscany: 2; Chianti Classico, Montalcino, Bolgheri, Montepulciano, Maremma;
  Sangiovese, Sangiovese, Bordeaux-style Red Blend, Vermentino; galestro soils,
  cypress avenues, large Slavonian casks, a hilltop monastery, olive groves, the
  Tyrrhenian coast
Piedmont: 1; Barolo, Barbaresco, Langhe, Asti, Roero; Nebbiolo, Nebbiolo, Barbera,
  Dolcetto, Arneis, Muscat; blue-grey marl, autumn fog, hazelnut groves, botti grandi,
  steep amphitheatres, truffle woods
Veneto: 2; Valpolicella, Negrar, Soave, Valdobbiadene; Corvina, Garganega, Glera,
  Pinot Grigio; drying lofts, pergola-trained rows, basalt hills, Lake Garda, dried
  grapes, steep green hogbacks
Sicily & Sardinia: 3; Etna, Vittoria, Menfi, Gallura, Marsala; Nero d'Avola, Nerello
  Mascalese, Grillo, Vermentino; lava terraces, African winds, granite boulders,
  prickly pear hedges, a smoking crater, salt pans
Southern Italy: 3; Taurasi, Manduria, Avellino, Vulture; Aglianico, Primitivo, Fiano;
  volcanic ash, red earth, dry-stone huts, chestnut forests, an extinct crater,
  heel-of-the-boot sunshine
Central Italy: 2; Abruzzo, Conero, Montefalco; Montepulciano, Sangiovese; Adriatic
  breezes, the Apennines, shepherds' pastures, clay calanchi, saffron fields
Northeastern Italy: 1; Collio, Alto Adige, Friuli Colli Orientali, Valdadige; Pinot
  Grigio, Friulano, Sauvignon Blanc, Gewürztraminer; Dolomite peaks, ponca marl,
  alpine meadows, the Slovenian border, apple orchards, cold nights

@ Spain; Bodegas, Viña, Finca, Pago, Celler; Reserva, Crianza, Viñas Viejas, Roble,
  Selección; Alb Vald Mor Cas Zur Ler / ariza elagua entera uñuela osal abar
Northern Spain: 2; Rioja, Ribera del Duero, Toro, Rueda, Navarra; Tempranillo,
  Tempranillo, Garnacha, Verdejo, Rosé; American oak, a high plateau, chalky clay,
  long winters, gran reserva patience, cantilevered cellars
Galicia: 1; Rías Baixas, Bierzo, Valdeorras, Ribeira Sacra; Albariño, Mencía, Godello;
  Atlantic drizzle, granite pergolas, slate gorges, the pilgrim road, estuary breezes,
  Roman terraces
Catalonia: 3; Priorat, Penedès, Montsant, Alella; Garnacha, Sparkling Blend,
  Bordeaux-style Red Blend, Syrah; llicorella slate, a Carthusian cloister, mountain
  thyme, steep costers, almond terraces, sea fog
Levante: 3; Jumilla, Yecla, Alicante, Bullas; Monastrell, Monastrell, Syrah; desert
  plains, ungrafted vines, limestone rubble, relentless sun, wild esparto grass
Andalusia: 3; Jerez, Montilla-Moriles, Manzanilla; Sherry; albariza chalk, a solera
  begun long ago, flor, whitewashed bodegas, salt marshes, horse fairs

@ Portugal; Quinta, Herdade, Casa, Adega; Reserva, Colheita, Vinhas Velhas, Grande
  Escolha; Val Fon Mor Cor Alt Ser / edoura teseca galho teira zinhal vedra
Douro: 3; Douro, Cima Corgo, Porto; Touriga Nacional, Portuguese Red, Port, Port;
  schist walls, foot-trodden lagares, river gorges, old mixed plantings, stone
  terraces, granite villages
Alentejano: 3; Alentejo, Reguengos, Borba, Évora; Portuguese Red, Portuguese White,
  Syrah; cork forests, clay amphorae, wheat plains, marble quarries, siesta heat,
  storks' nests
Dão: 2; Dão, Lafões, Bairrada; Touriga Nacional, Portuguese Red, Portuguese White;
  granite sand, pine woods, mountain rain, eucalyptus smoke, long chilly springs
Minho: 1; Vinho Verde, Monção e Melgaço, Lima; Loureiro, Arinto, Albariño; a slight
  prickle, green hills, ocean rain, maize fields, tall pergolas, granite posts
Lisboa: 2; Lisboa, Colares, Bucelas; Arinto, Portuguese Red, Portuguese White; sandy
  dunes, windmills, Atlantic gusts, limestone ridges, surf

@ Germany; Weingut, Schloss, Gut; Kabinett, Spätlese, Trocken, Alte Reben, Grosses
  Gewächs; Stein Rosen Falk Grün Hell / hauer bacher thaler winkler mann
Mosel: 1; Bernkastel, Piesport, Wehlen, Saar; Riesling; blue slate, dizzying slopes,
  river bends, feather-light alcohol, sundials, residual sugar
Rheingau: 1; Rüdesheim, Hochheim, Johannisberg; Riesling, Riesling, Pinot Noir;
  quartzite, abbey vineyards, dry styles, the broad river, late pickers, old monks'
  walls
Pfalz: 2; Deidesheim, Forst, Wachenheim; Riesling, Pinot Gris, Gewürztraminer, Pinot
  Noir; basalt and sandstone, fig trees, half-timbered villages, forest ridges, sunny
  plains

@ Austria; Weingut, Hof, Stift; Smaragd, Federspiel, Reserve, Alte Reben; Pfaff Loh
  Kern Wind Hag / egger hofer inger leitner stätter
Wachau: 1; Dürnstein, Spitz, Loiben; Grüner Veltliner, Riesling; primary rock, the
  Danube, dry-stone terraces, apricot orchards, cool forest air, gneiss
Niederösterreich: 1; Kamptal, Kremstal, Weinviertel; Grüner Veltliner, Riesling,
  Zweigelt, St. Laurent; loess banks, cellar lanes, wide plains, primary rock, white
  storks
Burgenland: 2; Mittelburgenland, Neusiedlersee, Leithaberg; Blaufränkisch, Zweigelt,
  St. Laurent; a shallow lake, mica schist, Pannonian warmth, reed beds, iron-bearing
  loam

@ US; Ridge, Creek, Hollow, Ranch, Cellars; Reserve, Estate, Old Vine, Hillside,
  Founder's Block, Unfiltered; Black Silver Larkin Thorn Quail Otter Cold / wood ford
  stone field water haven
California: 3; Napa Valley, Paso Robles, Russian River Valley, Lodi, Santa Barbara
  County, Sonoma Coast; Cabernet Sauvignon, Chardonnay, Zinfandel, Pinot Noir,
  Rhône-style Red Blend; toasty new oak, ocean fog, golden hillsides, redwood groves,
  mountain fruit, benchland, lavish extraction
Oregon: 1; Willamette Valley, Dundee Hills, Eola-Amity Hills, Rogue Valley; Pinot
  Noir, Pinot Noir, Chardonnay, Pinot Gris; jory loam, fir forests, marine winds, wet
  springs, native yeast, hazelnut orchards
Washington: 2; Columbia Valley, Walla Walla Valley, Red Mountain, Yakima Valley;
  Cabernet Sauvignon, Merlot, Syrah, Riesling; basalt cobbles, sagebrush desert, long
  summer days, flood gravels, irrigated benches, wheat country
New York: 1; Finger Lakes, North Fork of Long Island, Hudson River Region; Riesling,
  Cabernet Franc, Merlot; glacial lakes, shale bluffs, snowy winters, potato fields,
  lake breezes, clapboard barns
Virginia: 2; Monticello, Shenandoah Valley, Middleburg; Viognier, Cabernet Franc,
  Bordeaux-style Red Blend; red clay, the Blue Ridge, humid summers, tobacco barns,
  fox country

@ Argentina; Bodega, Finca, Estancia; Reserva, Gran Corte, Altura, Single Vineyard;
  Cóndor Sol Pied Alam Ria / andes alta osa eda chuelo
Mendoza Province: 2; Mendoza, Uco Valley, Luján de Cuyo, Agrelo; Malbec, Malbec,
  Cabernet Sauvignon, Chardonnay; Andean snowmelt, poplar windbreaks, stony alluvium,
  thin mountain air, hailstorms, calcareous terraces
Other: 3; Cafayate, Salta, Patagonia, San Juan; Torrontés, Malbec, Syrah; extreme
  altitude, cactus valleys, desert nights, condors, adobe walls, windblown steppe

@ Chile; Viña, Fundo, Hacienda; Reserva, Gran Reserva, Single Block, Costa; Lauf Quil
  Mai Coli Tagu / ayen mahue hue lemu pangue
Maipo Valley: 2; Maipo Valley, Alto Maipo, Puente Alto; Cabernet Sauvignon, Carmenère,
  Syrah; Andean foothills, gravel benches, eucalyptus rows, melted snow, horse
  paddocks
Casablanca Valley: 1; Casablanca Valley, Leyda Valley, San Antonio; Sauvignon Blanc,
  Chardonnay, Pinot Noir; the Humboldt current, coastal fog, pine-clad hills, cold
  mornings, decomposed granite
Colchagua Valley: 3; Colchagua Valley, Apalta, Cachapoal Valley; Carmenère, Cabernet
  Sauvignon, Malbec, Syrah; horseshoe hills, cowboys, warm afternoons, ferrous clay,
  dry farming

@ Australia; Hill, Station, Gully, Road; Old Vine, Block 7, Reserve, The Drover,
  Basket Press; Wirra Kanga Bel Red Iron Mel / bark dale burra gum rook
South Australia: 3; Barossa, McLaren Vale, Clare Valley, Coonawarra, Eden Valley;
  Shiraz, Shiraz, Grenache, Cabernet Sauvignon, Riesling; terra rossa, gum trees,
  ancient dry-grown vines, ironstone, dusty tracks, open fermenters
Victoria: 1; Yarra Valley, Heathcote, Mornington Peninsula, Rutherglen; Pinot Noir,
  Shiraz, Chardonnay, Muscat; gold-rush towns, fern gullies, cambrian earth, bay
  breezes, kookaburras
Western Australia: 2; Margaret River, Great Southern, Frankland River; Cabernet
  Sauvignon, Chardonnay, Sémillon; karri forest, surf beaches, laterite gravel, the
  Leeuwin current, wildflowers

@ New Zealand; Bay, Ridge, Station, Point; Reserve, Single Vineyard, Barrel Select;
  Kahu Rimu Totara Wai Awa / nui roa iti vale tara
Marlborough: 1; Wairau Valley, Awatere Valley, Marlborough; Sauvignon Blanc, Sauvignon
  Blanc, Pinot Gris, Pinot Noir; stony riverbeds, sheep paddocks, piercing sunlight,
  cold currents, screw-capped freshness
Central Otago: 1; Bannockburn, Gibbston, Central Otago; Pinot Noir, Riesling; schist
  gullies, wild thyme, frost fans, glacial lakes, gold diggings, alpine light
Hawke's Bay: 2; Gimblett Gravels, Hawke's Bay; Syrah, Bordeaux-style Red Blend,
  Chardonnay; warm shingle, art-deco streets, ocean breezes, old riverbed, apple
  packhouses

@ South Africa; Kloof, Fontein, Rust, Berg; Reserve, Bush Vine, The Foundation; Klein
  Groot Blou Wilde Rooi / heuwel vlei doorn stroom duin
Stellenbosch: 2; Stellenbosch, Simonsberg, Helderberg; Cabernet Sauvignon, Pinotage,
  Chenin Blanc, Bordeaux-style Red Blend; decomposed granite, gabled farmsteads, the
  Cape Doctor, False Bay, fynbos, oak-lined streets
Western Cape: 3; Swartland, Paarl, Elgin, Walker Bay; Syrah, Chenin Blanc, Pinotage,
  Chardonnay; dryland bush vines, renosterveld, shale hills, baboons, wheat stubble,
  whale-watching cliffs

@ Greece; Ktima, Oinos, Estia; Reserve, Old Vines, Single Vineyard; Kalo Petro Anem
  Helio Thal / nissi polis ambelos assa dros
Aegean: 3; Santorini, Paros, Samos; Assyrtiko, Assyrtiko, Muscat; basket-trained
  vines, pumice, meltemi winds, whitewashed terraces, caldera cliffs, drought
Macedonia: 2; Naoussa, Amyndeon, Goumenissa; Xinomavro, Assyrtiko; mountain lakes,
  snow on Vermio, peach orchards, continental winters, brown bears
Peloponnese: 2; Nemea, Mantinia, Patras; Agiorgitiko, Moschofilero, Muscat; high
  plateaus, ancient stadiums, fig hedges, marl hillsides, thyme honey

@ Hungary; Pince, Kúria, Szőlő; Selection, Dry, Aszú, Estate; Szar Ker Hegy Bar Fül /
  vashegy ekes alja ackos emüle
Tokaj: 1; Tokaj, Mád, Tarcal; Furmint, Tokaji, Tokaji; rhyolite tuff, noble rot,
  mould-lined tunnels, autumn mists, gönc barrels, two slow rivers
Eger: 1; Eger, Szekszárd, Villány; Kékfrankos, Cabernet Franc; loess gullies, a
  besieged castle, warm winds, limestone cellars, thermal springs

@ Georgia; Marani, Gvino, Vazi; Qvevri, Reserve; Tkibu Shala Mtkva Zeda / uri vani
  tsikhe veli
Kakheti: 2; Mukuzani, Tsinandali, Telavi; Saperavi, Rkatsiteli; buried clay qvevri,
  skin contact, the Caucasus, walnut trees, polyphonic song, monastery cellars

@ Slovenia; Klet, Kmetija; Selekcija, Opoka; Bre Kam Gor Lip / gar nik janc ovec
Goriška Brda: 2; Brda, Vipava, Karst; Rebula, Malvasia, Merlot; opoka marl, cherry
  orchards, long maceration, the bora, border hamlets, acacia barrels

@ Croatia; Vina, Konoba; Vrhunsko, Barrique; Luk Stin Bur Mas / etić ović ala linar
Dalmatian Coast: 3; Dingač, Hvar, Korčula; Plavac Mali, Malvasia; karst slopes over
  the Adriatic, lavender terraces, fishing villages, sun from sea and stone, donkey
  tracks

@ Israel; Karmei, Har; Reserve, Single Vineyard; Tav Ero Nof Gil / or ella im adot
Galilee: 3; Upper Galilee, Golan Heights, Judean Hills; Marselan, Cabernet Sauvignon,
  Syrah, Viognier; basalt plateaus, terraced hills, olive presses, mountain snow,
  biblical stones

@ Canada; Lake, Harbour, Creek; Reserve, Estate, Unoaked; Maple Loon Cedar Tamar North
  / ridge shore wick stead gate
Ontario: 1; Niagara Peninsula, Prince Edward County, Beamsville Bench; Riesling,
  Cabernet Franc, Baco Noir, Chardonnay; the escarpment, frozen harvests, lake-effect
  snow, dolomite limestone, buried canes
British Columbia: 2; Okanagan Valley, Similkameen Valley; Merlot, Syrah, Pinot Gris;
  glacial silt, antelope brush, desert pockets, deep cold lakes, rattlesnakes
""")

# Name: handle; countries; how this taster likes to begin a note; and to end one.
TASTERS = entries("""
Imogen Ashdown: @ashdownpours; France; [There is|You find] <feel> [fruit|texture|
  richness] in this <kind>.; [Wait for it|Be patient]: <window>.
Lucien Farrow: ; France, Germany; [Bottled with care|Classically cut|Carefully
  made], this is <feel>.; <window>.
Delphine Marsh: @marshdelphine; France, Greece, Croatia; [Almost|Quite|Rather|
  Attractively] <feel>, the <kind> [has|keeps] its [balance|manners|distance].;
  It [deserves|needs|repays] [patience|food|attention].
Ottavia Brandt: @ottaviabrandt; Italy; [Opening|It opens] with {aroma} and {aroma},
  this is <feel>.; <window>.
Piers Colombo: @pierscolombo; Italy, Slovenia, Croatia; Here's a <praise> <kind>,
  <feel> and [joyous|sincere|contemporary|traditional].; [Enjoy|Pour|Open]
  it with {dish}.
Marisol Keane: @marisolkeane; Spain, Argentina, Chile; [Rough|Full-throttle|
  Spunky|Sturdy| Gritty|Saucy] {aroma} aromas are <feel>.; A [mild|blazing|
  herbal|choppy|steady] finish [settles|hardens|softens|cools off];
  <window>.
Ignace Toller: ; Spain, Portugal, Argentina; The <kind> is <feel>, with [impressive|
  considerable|surprising|some] [weight|drive|freshness].; <window>.
Beatriz Holm: @beatrizholm; Portugal, Chile; This [estate|family|grower|
  cooperative] has made a <feel> <kind>.; <window>.
Annelie Groß: @anneliegross; Germany, Austria, Hungary; [A whiff|Hints|Notions|
  Tinges] of {aroma} and {aroma} [play|flit|hover] on the nose.; How [lovely|
  vivid|poised|joyful|slinky]!
Casper Lindqvist: ; Austria, Canada, US; [Subtle|Discreet|Filigreed|Muted] tones
  of {aroma} suggest something <feel>.; [Lovely|Lasting|Dancing] [purity|
  rhythm|clarity] to the end.
Juno Whitlock: @junowhitlock; US; {aroma}, {aroma} and {aroma} [jump|leap|drift|
  roll] from the glass of this <feel> <kind>.; <window>.
Desmond Achebe: @desachebe; US, Canada, South Africa; [Dry|Bold|Easy|Frank] and
  <feel>, with {flavour} and {flavour} up front.; [Production was tiny|Only a few
  barrels were made|A crowd pleaser].
Tamsin Ferro: @tamsinferro; US, Israel; [This|The] [single-vineyard|estate|
  flagship|debut] effort is <feel>.; <window>.
Rhys Pemberton: @rhyspemberton; Australia, New Zealand; It's all about {aroma} and
  {aroma} here, <feel> and [unapologetic|moreish|savvy|brash].; [Crack it open|
  Chill and share it|Fire up the grill for it].
Hana Okoro: @hanaokoro; New Zealand, South Africa; [Lifted|Breezy|Brilliant|
  Shining] scents of {aroma} make for a <feel> start.; <window>.
Nikos Vella: @nikosvella; Greece, Israel, Georgia; {aroma} and {aroma} start this
  <feel> <kind> off.; [Pair it|Serve it] with {dish}.
""")

RULES = entries("""
lead: [Aromas|Scents|Notes|Whiffs|Suggestions|Perfumes|Hints] of {aroma},
  {aroma} and {aroma} [open|introduce|announce|signal|mark|define|herald]
  this <kind>.|{aroma} and {aroma} [mingle| tangle|vie for attention|take
  turns|meet|dance] [on the nose|in the bouquet|in the glass], with [a touch|
  an undertow|a thread|a flicker|a whisper|a trace] of {aroma}.|This
  <praise> <kind> is [scented with|perfumed by|marked by|steeped in] {aroma}[,
  {aroma}|] and {aroma}.| [The nose|The bouquet] is [reticent| shy|closed|
  brooding|reluctant|exuberant|explosive|forward| generous| heady] [at
  first|from the start|now], [then gives up|offering|releasing| yielding]
  {aroma} and {aroma}.|[Raised among|Marked by|Nourished by|Shaped by]
  {place}[ and {place}|], this <kind> [carries|wears|breathes|exudes] {aroma}
  and {aroma}.
middle: [The palate|In the mouth, it|On the tongue, it|The mid-palate|It]
  [offers|delivers|shows| brings|serves up|unfolds] {flavour}, {flavour} and
  {flavour}[, <held> <structure>|].|<ripeness> {flavour} and {flavour} [flavours|
  notes|tones] [fill|coat|wash over|flood|glide across|race over] the
  palate, <held> <structure>.|[Flavors|Layers|Waves|Echoes|Glimmers] of
  {flavour}, {flavour} and {aroma} [are|arrive|come] <held> <structure>.|[It
  tastes of|Expect|Look for] <ripeness> {flavour}[, {flavour}|] and {aroma}
  [alongside|against|over|beneath] <structure>.|<body>, with <structure>, it
  [folds|packs|weaves|layers] {flavour} [into|around|over] {flavour} and
  {flavour}.
held: [flanked by|set against|carried by|balanced by|propped up by|tied
  together by|lifted by|shot through with|anchored by|underpinned by|wrapped
  in|cushioned by]
extra: [|[Oak|Barrel] [ageing] for #8-30/2# months [adds|lends|leaves|layers
  on] [vanilla| toast|clove|cedar|sweet spice|caramel|coconut|smoke][,
  deftly handled|, a little loud for now|, neatly absorbed|].|{place} and
  {place} [give|lend|bring] it [grip|tension|lift| charm|stamina|nerve|
  poise|swagger|gravity].|There's [a hint|a dash|a seam|a lick|a pinch]
  of {aroma} [too|as well|in reserve].|[A portion|A third|Half|Some] [was
  fermented with native yeast|saw new wood|stayed in steel|rested on its lees|
  came from old parcels].|[Alcohol|Heat] is [modest|well hidden|evident|in
  check|a touch warming].|[The vintage|The season] was [cool|hot| wet|
  early|generous|stingy|kind] and it shows.]
end: [The finish is <ending>.|It [ends|closes|signs off|fades|lingers] [on|
  with] [a note of|a flourish of|an echo of|a twist of|] {flavour}[ and
  {aroma}|].|<verdict>.|[Match|Pair|Serve| Pour|Try] [it|this] with
  {dish}[ or {dish}|].|[Best|Happiest|At its best] [beside|alongside| next
  to] {dish}.]
keep: [drink <when>|best <when>|hold until {year}|enjoy <when>|drink up by
  {late}|cellar through {late}]
when: [from {year} to {late}|between {year} and {late}|after {year}|through
  {late}|by {late}]
feel: [juicy|supple|structured|solid|perfumed|ripe|fresh|savoury|
  stylish|charming| concentrated|smoky|spicy|mineral|creamy|bold|
  vivid|restrained|polished|wild|earthy|floral| austere|sleek|exotic|
  old-fashioned|modern|effortless|confident|burly|dark|crisp|luminous]
soon: [now|this year|young|while it is fresh|over the next year|by {late}]
grip1: [silky|soft|gossamer|barely-there|supple|gentle|satiny|feathery]
  tannins
grip2: [fine-grained|polished|ripe|dusty|well-knit|velvety|rounded|
  pliant] tannins
grip3: [firm|gripping|muscular|chewy|drying|astringent|tightly wound|
  formidable|grainy|mouthcoating] tannins
acid1: [low|soft|mellow|easygoing|relaxed|mild] acidity
acid2: [fresh|balanced|bright|steady|ample|juicy] acidity
acid3: [racy|vibrant|zesty|mouthwatering|brisk|electric|bracing|nervy|
  crackling|laser-cut] acidity
body1: [light-bodied|slender|lean|delicate|weightless|wispy|lithe]
body2: [medium-bodied|rounded|midweight|balanced|harmonious|shapely]
body3: [full-bodied|dense|opulent|broad-shouldered|concentrated|weighty|
  massive|unctuous]
ripe1: [tart|crunchy|tangy|crisp|just-picked|underripe|cool|pure|
  taut|nervous]
ripe2: [ripe|juicy|fleshy|fresh|succulent|sappy|plush|expressive]
ripe3: [jammy|baked|stewed|sun-drenched|raisiny|superripe|lush|roasted|
  candied|sultry]
praise1: [simple|straightforward|everyday|quaffable|rustic|plain|
  uncomplicated|basic|modest| serviceable|blunt]
praise2: [pleasant|honest|well-made|appealing|likable|solid|tidy|
  friendly|cheerful|approachable]
praise3: [impressive|elegant|complex|distinguished|characterful|delicious|
  refined|compelling| seductive|graceful]
praise4: [magnificent|profound|thrilling|monumental|breathtaking|ethereal|
  majestic|unforgettable| transcendent|stunning]
verdict1: [drink it without ceremony|it does the job|a wine for [picnics|
  parties|Tuesday nights| takeaways]|there isn't much behind it|the [middle|
  finish] is a bit hollow|it is over quickly]
verdict2: [good value|a reliable bottle|it has more [depth|charm|stuffing]
  than the price suggests| an easy one to like|nicely balanced for near-term
  drinking|nothing is out of place]
verdict3: [everything is in proportion|it gains with air|a wine with real
  [character|ambition| breeding]|decant it and wait|the balance is [exact|
  admirable|enviable]|there is plenty in reserve]
verdict4: [a benchmark for the region|it will outlive most cellars|words come
  slowly here|this is as good as it gets|each sip reveals another [room|facet|
  layer|register]|the length is astonishing|collectors should [hurry|take
  note|make room]]
ending1: [short|clipped|abrupt|simple|fleeting|watery|bitter at the edges]
ending2: [clean|pleasant|tidy|warm|lightly spicy|refreshing|smooth]
ending3: [long|persistent|savory|mineral|layered|lingering|resonant]
ending4: [endless|unhurried|majestic|haunting|kaleidoscopic|remarkably
  long|otherworldly]
red: [red|wine|bottling|release|cuvée]
white: [white|wine|bottling|cuvée]
rosé: [rosé|pink|wine|summer pour]
sparkling: [sparkler|bubbly|fizz|wine]
sweet: [dessert wine|nectar|sticky|wine]
hue_red: [[Inky|Opaque|Garnet|Ruby|Brick-edged|Purple|Magenta|
  Translucent|Crimson|Blackish|Maroon| Pale cherry] in [colour|the glass|
  hue], |[Barely cloudy|Unfiltered|Bright as stained glass|Dark as midnight|
  Fading at the rim|Staining the glass], |||]
hue_white: [[Pale straw|Deep gold|Greenish|Platinum|Brassy|Lemon-bright|
  Water-white|Copper-tinged| Sunny yellow|Old gold] in [colour|the glass|
  hue], |[Slightly hazy|Gleaming|Limpid|Glinting green], |||]
image: [It [brings to mind|recalls|conjures|is like|feels like] [rain on hot
  tar|a tailor's shop|an antique bookshop|a walk after a thunderstorm|a string
  quartet|a clean bedsheet in the wind|a cathedral in winter|a fairground at
  dusk|a grandmother's pantry|a snapped twig|an unmade bed|a carpenter's
  bench|a velvet curtain|a bonfire on the beach|a polished saddle|a basket of
  laundry| a struck match|a cold mountain stream|a well-rehearsed joke|a brass
  band|a pocket watch|a greenhouse in June|a long handshake|a midnight train|
  the inside of a violin case|a sharpened chisel|a schoolyard in spring|an
  orchard at noon|fresh paint|a wool jumper drying by the fire| a slow waltz|a
  spilled inkwell|a blacksmith's anvil|a hammock under pines].]
craft: [[Hand-harvested|Picked at dawn|Night-picked|Dry-farmed|Organically
  grown|Biodynamically farmed|Harvested late|Thinned severely|Sorted berry by
  berry], [then|and] [crushed by foot| pressed whole|destemmed gently|
  fermented in concrete eggs|raised in amphorae|macerated for weeks| aged in
  puncheons|kept in stainless tanks|basket-pressed|punched down twice daily|
  racked only once| left on its skins|bottled unfined|blended just before
  bottling|held back for extra years].|The [family|owner|winemaker|
  cooperative|estate] [has farmed|tends|bought|rescued|replanted|
  inherited] [these slopes|this parcel|the old rows|the upper block|a
  neglected hillside|the home farm] [for five generations|since the war|after
  phylloxera|with two horses|with a flock of sheep|by moonlight and calendar|
  on bare knees|without herbicide|against all advice|with borrowed money].|
  [Yields were [tiny|cruelly low|halved by frost|cut by hail|generous]|Only
  [a handful of|a few hundred] cases [were made|exist|will be sold]|Clones and
  old selections were [co-fermented|kept apart|trialled]].| [A splash|A
  dollop|A tenth|A quarter] of [older wine|press juice|another grape|
  neighbouring fruit] [rounds|stiffens|sharpens|seasons|colours] the blend.]
people: [[Winemaker|Cellar hand turned owner|Young grower|Founder|Agronomist|
  Newcomer|Veteran] [Agathe|Bruno|Cosima|Dario|Elspeth|Fabrizio|Gudrun|
  Henrike|Isidro|Jolanda|Kasimir|Leocadia| Mateus|Noemi|Odile|
  Pascual|Quirin|Rosalba|Stavros|Thea|Ursula|Valentin|Wendeline|
  Xanthe|Yannis| Zsófia|Ambrose|Bettina|Clement|Doro] [calls it|thinks
  of it as|swears it is|made it as|pitches it as] [an experiment|a Sunday
  wine|a love letter|a protest against haste|an argument for restraint| a
  bridge between eras|unfinished business|a portrait of the slope|the opposite
  of fashion|a homecoming|a thirst quencher|a farewell to new barrels|an act
  of stubbornness|a wager|a lullaby| a dare].]
pour: [[Serve it|Try it|Pour it] [lightly chilled|in generous bowls|from a
  decanter|at cellar temperature|well chilled|in small glasses|outdoors|
  straight after opening|two hours after uncorking|without ceremony|by
  candlelight|with the television off], [preferably|ideally|perhaps] [among
  friends|with somebody talkative|after sailing|on a verandah|beside a
  fireplace|at a wedding|in October|during a heatwave|once guests have left|
  for breakfast, frankly].]
flaw: [[A whisper of|Slight|Faint|Obvious] [reduction|volatility|oxidation|
  bitterness|greenness| funk|oakiness] [detracts|intrigues|blows off|
  persists|muddies the picture|divides the table].| [Sadly|Oddly|
  Admittedly|Curiously|Strangely], it [thins out|wobbles|loses focus|turns
  gluey| dries up|sours|flattens] [midway|toward the back|after a promising
  start|with warmth].]
glory: [[Monumentally|Effortlessly|Hypnotically|Dazzlingly|Improbably|
  Meticulously] [constructed| detailed|proportioned|persuasive|seamless|
  nuanced], it [commands attention|stops conversation| defies description|
  justifies its fame|rewrites expectations|humbles its neighbours|glows|
  reverberates].|[Power|Finesse|Precision|Amplitude|Transparency] and
  [grace|depth|energy|serenity| sensuality] [coexist|embrace|alternate|
  reinforce each other].]
mood: [[Moody|Chatty|Aloof|Gregarious|Stern|Flirtatious|Bashful|
  Swaggering|Serene|Playful|Stoic| Mischievous|Wistful|Jaunty] [in youth|
  by nature|for now|at this stage], it [needs coaxing|wins you over|keeps its
  counsel|asks few questions|speaks plainly|rewards silence|improves with
  company| blossoms after an hour|shrugs off the cold|turns heads|grows on
  you].]
bubbles: [The mousse is [creamy|frothy|delicate|vigorous|fine|prickly].|
  [Tiny|Persistent|Lively] bubbles [carry|scatter|lift] {flavour} [upward|
  across the tongue].|Dosage is [barely felt|low| generous|spot on].]
sugar: [[Honeyed|Syrupy|Luscious|Nectarous] sweetness is [checked|cut|
  offset] by <sour>.|It is [very sweet|sumptuously sweet|sticky|decadent] but
  never [cloying|heavy|tiring].|[Sugar| Sweetness] and [acid|salt|
  bitterness] [balance on a knife edge|pull in opposite directions| reach a
  truce].]
""")


class Variety(NamedTuple):
    """A line of `VARIETIES`."""

    name: str
    colour: str
    tannin: int
    acidity: int
    aromas: list[str]
    flavours: list[str]
    dishes: list[str]


class Province(NamedTuple):
    """A line of `COUNTRIES`, with what its country's wineries are called."""

    country: str
    name: str
    warmth: int
    regions: list[str]
    varieties: list[str]
    places: list[str]
    titles: list[str]
    designations: list[str]
    beginnings: list[str]
    endings: list[str]


def read_varieties() -> dict[str, Variety]:
    """The varieties of `VARIETIES` by name."""
    varieties = {}
    for name, line in VARIETIES.items():
        kind, *lists = line.split("; ")
        colour, tannin, acidity = kind.rsplit(" ", 2)
        varieties[name] = Variety(
            name,
            colour,
            int(tannin),
            int(acidity),
            *(part.split(", ") for part in lists),
        )
    return varieties


def read_provinces() -> list[Province]:
    """The provinces of `COUNTRIES`."""
    provinces = []
    for heading, lines in COUNTRIES.items():
        country, titles, designations, names = heading.split("; ")
        beginnings, endings = (part.split() for part in names.split(" / "))
        for name, line in entries(lines).items():
            warmth, *lists = line.split("; ")
            provinces.append(
                Province(
                    country,
                    name,
                    int(warmth),
                    *(part.split(", ") for part in lists),
                    titles.split(", "),
                    designations.split(", "),
                    beginnings,
                    endings,
                )
            )
    return provinces


GRAPES = read_varieties()
PROVINCES = read_provinces()
# Some countries fill more pages than others.
SHARE = np.array(
    [
        {"US": 5, "France": 3, "Italy": 3, "Spain": 2}.get(p.country, 1)
        for p in PROVINCES
    ],
    float,
)
NAME_FIRST = {"US", "Australia", "New Zealand", "South Africa", "Canada", "Hungary"}
SLOT = re.compile(r"\{(\w+)\}")


def shuffled(items: list[str], rng: np.random.Generator) -> list[str]:
    """The items in random order, over and over, to take from the end."""
    return [items[index] for index in rng.permutation(len(items))] * 4


def write_note(
    grape: Variety,
    province: Province,
    points: int,
    vintage: int,
    taster: str | None,
    rng: np.random.Generator,
) -> str:
    """The description of one wine."""
    tier = int(np.searchsorted([84, 89, 94], points, side="right")) + 1
    kind = {"sweet red": "sweet", "sweet white": "sweet"}.get(
        grape.colour, grape.colour
    )
    keeps = tier > 1 and (grape.tannin if grape.colour == "red" else grape.acidity) > 1
    acid, body = f"<acid{grape.acidity}>", f"<body{grape.tannin}>"
    red = kind == "red"
    rules = RULES | {
        "kind": f"<{kind}>",
        "praise": f"<praise{tier}>",
        "verdict": f"<verdict{tier}>",
        "ending": f"<ending{tier}>",
        "ripeness": f"<ripe{province.warmth}>",
        "body": body,
        "sour": acid,
        "structure": f"[<grip{grape.tannin}>|<grip{grape.tannin}> and {acid}|{acid}]"
        if red
        else f"[{acid}|a {body} frame|{acid} and a {body} frame]",
        "window": "<keep>" if keeps else "drink <soon>",
    }
    opening, closing = TASTERS[taster].split("; ", 3)[2:] if taster else ("", "")
    special = {"sparkling": "<bubbles>", "sweet": "<sugar>"}.get(kind, "[<extra>]")
    hue = "<hue_red>" if red else "<hue_white>"
    aside = "[|<image>|<craft>|<craft>|<mood>|<people>|<pour>]"
    if tier in (1, 4):
        aside = f"[{aside}|{'<flaw>' if tier == 1 else '<glory>'}]"
    template = pick(
        (
            f"{opening or '[<lead>]'} [<middle>] {special} <end> {closing}",
            f"[<lead>] [<middle>] {aside} {closing or '<end>'}",
            f"{opening} [<middle>] <end> {closing}",
            f"{hue} this is <feel>. [<middle>] {aside} <end>",
            f"[<lead>] [<middle>] {special} {aside} <end>",
        ),
        rng,
    )
    start = vintage + 3 + grape.tannin + int(rng.integers(tier + 1))
    late = start + 2 + 3 * tier + int(rng.integers(4))
    # No two bottles are alike: each has something that its grape is not known for.
    others = [other for other in GRAPES.values() if other.colour == grape.colour]
    strays = {pick(pick(others, rng).aromas, rng) for _ in range(2)}
    strays.add(pick(GUESTS[grape.colour].split(", "), rng))
    aromas = grape.aromas + sorted(strays - set(grape.aromas))
    flavours = [*grape.flavours, pick(pick(others, rng).flavours, rng)]
    words = {
        "aroma": shuffled(aromas, rng),
        "flavour": shuffled(flavours, rng),
        "dish": shuffled(grape.dishes, rng),
        "place": shuffled(province.places, rng),
        "year": [str(start)] * 9,
        "late": [str(late)] * 9,
    }
    text = expand(template, rules, rng)
    return sentences(SLOT.sub(lambda match: words[match[1]].pop(), text))


def write_review(rng: np.random.Generator) -> dict:
    """A review under the keys of the original."""
    province = PROVINCES[rng.choice(len(PROVINCES), p=SHARE / SHARE.sum())]
    grape = GRAPES[pick(province.varieties, rng)]
    region = pick(province.regions, rng)
    home = [n for n, line in TASTERS.items() if province.country in line.split("; ")[1]]
    taster = pick(home, rng) if home and rng.random() < 0.85 else None
    points = int(np.clip(np.round(rng.normal(88.5, 3.2)), 80, 100))
    vintage = int(rng.integers(2006, 2018))
    title, name = pick(province.titles, rng), pick(province.beginnings, rng)
    name += pick(province.endings, rng)
    winery = f"{name} {title}" if province.country in NAME_FIRST else f"{title} {name}"
    designation = pick(province.designations, rng) if rng.random() < 0.7 else None
    price = round(float(np.exp(rng.normal(3.2 + 0.11 * (points - 88.5), 0.35))))
    label = " ".join(filter(None, (winery, str(vintage), designation, grape.name)))
    return {
        "points": str(points),
        "title": f"{label} ({region})",
        "description": write_note(grape, province, points, vintage, taster, rng),
        "taster_name": taster,
        "taster_twitter_handle": TASTERS[taster].split("; ")[0] or None
        if taster
        else None,
        "price": price if rng.random() < 0.93 else None,
        "designation": designation,
        "variety": grape.name,
        "region_1": region,
        "region_2": f"{province.name} Other" if province.country == "US" else None,
        "province": province.name,
        "country": province.country,
        "winery": winery,
    }


def make(folder: Path, share: float = 1.0) -> None:
    """Write winemag-data-130k-v2.json: a share of `REVIEWS`, the original's keys."""
    rng = np.random.default_rng(SEED)
    reviews = [write_review(rng) for _ in range(int(REVIEWS * share))]
    (folder / "winemag-data-130k-v2.json").write_text(json.dumps(reviews))
