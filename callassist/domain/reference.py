"""Two-word references of incidents that people can say on the phone, in English and in French.

The words are short, written without accents, and known or at least easy to say in both languages.
No word is in both lists, so each half is recognised alone. Changing a list changes what a seed
gives; a reference is stored when an incident opens, so old ones stay as they are.
"""

from __future__ import annotations

import hashlib

_FIRST_TEXT = """
    acacia agate alpine amber apricot arctic argent atlas aurora azur balsa bamboo banana basil
    basalt bengal bergamot beryl bistro bonbon boreal bronze cactus cacao caramel carbon cardinal
    carmin cashmere cassis cedar celadon central ceramic cerise cherry chili chrome citron civil
    classic clement cobalt coco coconut coral coriander cosmic cotton cristal crocus cumin curry
    cypress dahlia delta denim diamant divine dorian double ebony elegant emerald eternal exact
    express fabulous facile festival final flanelle floral formal fresia gallant garnet genial
    geranium ginger global granit grand habile hazel honest ideal indigo infini ivory jade jasmin
    jasper jovial jubilant juniper karma kiwi laurel lavande legal lemon lilas lime linen lotus
    loyal lunar macaron magenta magic magnolia mango marina marble maroon melon menthe mimosa mint
    modern monumental moral mosaic musical mustard mystic natural nectar neon nickel noble nomad
    nordic normal nougat novel oasis ocean olive onyx opal optimal orange orchid original oval palm
    papaya paprika paris parfait pastel patient pecan peony persan petunia pink pistache platine
    plum polar popular praline precious primrose prune purple quartz quiche radiant radical rapid
    raisin regal romantic rose royal rubis rural safari saffron sage salmon sapphire satin savant
    sepia serene sesame sienna silver simple sincere solar solid sorbet special splendid stable
    sublime sucre sultan super tamarin tango tarragon tender thym titanic topaz tranquil tropical
    truffle tulip turquoise ultra unique urban valiant vanilla velvet verbena vermilion vibrant
    violet vital vivid volcanic zen
"""

_SECOND_TEXT = """
    accordion acrobat admiral album alligator alpaca anaconda anchor antelope arcade archer arena
    artist athlete avenue baboon badger bagel balcony ballet balloon bandana banjo barrel basket
    bassoon battery beaver bicycle biscuit bison bobcat bonsai boulevard bouquet bracelet bridge
    buffalo bungalow butterfly cabin camel camera canal canary candle canoe canyon caravan cargo
    caribou carnival carousel cathedral cello chalet chariot cheetah chestnut cinema circus
    clarinet clown cobra colibri comet compass concert condor convoy cougar coyote crayon cricket
    crocodile cymbal dancer decor dingo dolphin domino donkey dragon eagle eclipse elephant engine
    falcon fanfare flamingo flute forest fossil galaxy galleon garage garden gazelle gecko gibbon
    giraffe glacier globe gondola gorilla guitar hamster harmonica harpoon heron igloo iguana
    impala island jackal jaguar jockey kangaroo karate kayak kimono koala lagoon lantern lemur
    leopard lion lizard llama locomotive lynx macaw magnet mammoth mandolin mango maracas marathon
    marmot medal metro minaret minibus mirage mobile moped motor museum narwhal navigator obelisk
    ocelot octopus oboe omnibus opera orca otter paddock pagoda palace panda panther papillon
    parade parasol parrot parka patio pelican penguin piano picnic pigeon pilot pirate planet poet
    polo pony portal poster puma puzzle pyramid python quartet quetzal rabbit raccoon radar radio
    raven robot rocket rodeo salami samba sandal sardine saxophone scooter serenade sofa sonata
    soprano sphinx tandem taxi temple tennis theatre ticket tiger toboggan toucan tractor train
    trapeze triangle trombone trumpet tuba tunnel turban ukulele valley viola violin volcano volley
    waffle wagon walrus wombat xylophone yacht yak yogi zebra zeppelin zigzag
"""

FIRST_WORDS = tuple(dict.fromkeys(_FIRST_TEXT.split()))
SECOND_WORDS = tuple(
    word for word in dict.fromkeys(_SECOND_TEXT.split()) if word not in FIRST_WORDS
)
COMBINATIONS = len(FIRST_WORDS) * len(SECOND_WORDS)

# A large prime shares no factor with COMBINATIONS, so seeds 0, 1, 2 ... visit every reference once
# before the first comes again, and neighbours do not look alike.
_STRIDE = 1_000_000_007


def reference_for(seed: int | str) -> str:
    """The reference of a seed, like "amber-otter"; the same seed always gives the same one.

    Consecutive integers give different references until all of them are used; texts are hashed.
    """
    if isinstance(seed, str):
        seed = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big")
    place = seed * _STRIDE % COMBINATIONS
    first, second = divmod(place, len(SECOND_WORDS))
    return f"{FIRST_WORDS[first]}-{SECOND_WORDS[second]}"


def as_said(reference: str) -> str:
    """A reference as people read and say it: two words."""
    return reference.strip().replace("-", " ")
