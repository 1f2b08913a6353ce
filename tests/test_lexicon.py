"""The vocabulary: tables, keys, synonyms, nearest names, workspace terms and the fingerprint."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from litmine.entities import find_entities
from litmine.errors import InputError
from litmine.lexicon import TYPES, key, load_lexicon, open_lexicon
from litmine.lexicon.building.gene_classes import mechanism_class
from litmine.lexicon.building.sources import Row, Table
from litmine.lexicon.normalise import key_variants, letters, tokenise
from litmine.lexicon.tables import FLAGS, HERE, parse_attributes, read_generated, read_table

HEADER = "term\tname\tidentifier\tattributes\tflags\n"
OUTCOME_TYPES = {
    "resistance",
    "sensitivity",
    "response_rate",
    "survival",
    "tumour_growth",
    "apoptosis",
    "toxicity",
    "pathway",
}
CLASSES = {
    "target_alteration",
    "receptor_bypass",
    "downstream_signalling",
    "hormone_receptor",
    "cell_cycle",
    "metabolism",
    "immune",
    "drug_transport",
    "emt_stemness",
    "apoptosis_regulation",
    "tumour_microenvironment",
    "epigenetic_rna",
    "dna_repair",
    "other",
}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HER-2/neu", "HER2 neu"),
        ("SK-BR-3", "sk br 3"),
        ("TGF-β1", "TGF-beta 1"),
        ("IL–6", "IL-6"),
        ("NF‑κB", "NF kappa B"),
        ("CD44⁺", "CD44+"),
        ("tamoxifène", "tamoxifene"),
        ("∆16", "Δ16"),
    ],
)
def test_variants_share_a_key(one, other):
    assert key(one) == key(other)


def test_a_sign_is_part_of_the_key():
    assert len({key("HER2+"), key("HER2-"), key("HER2")}) == 3
    assert key("HER2−") == key("HER2-")


def test_a_hanging_hyphen_is_no_minus():
    words = tokenise("HER2- and HER3-targeted drugs").words
    assert "~" not in words


def test_tokens_know_their_place():
    text = "Straße: ﬁbrosis, TGF‑β1 ↑ in\nHER2−/ER+ cells"
    tokens = tokenise(text)
    assert all(0 <= start < end <= len(text) for start, end in tokens.spans)
    assert [start for start, _ in tokens.spans] == sorted(start for start, _ in tokens.spans)
    assert "fibrosis" in tokens.words


def test_spelling_and_closed_up_variants():
    assert key("tumor growth") in key_variants("tumour growth")
    assert key("signaling") in key_variants("signalling")
    assert "eralpha" in key_variants("ERα")
    assert "bt 474" in key_variants("BT-474")


def test_letters_keep_case_and_spell_greek():
    assert letters("NF-κB") == "NFkappaB"
    assert letters("PD-L1") == "PDL1"


@pytest.mark.parametrize("path", sorted(HERE.glob("*.tsv")), ids=lambda path: path.stem)
def test_hand_written_tables_are_sound(path):
    terms = list(read_table(path))
    assert terms
    for term in terms:
        assert term.name
        assert term.flags <= FLAGS
        attributes = dict(term.attributes)
        assert attributes.get("outcome_type", "survival") in OUTCOME_TYPES
        assert attributes.get("class", "other") in CLASSES
        assert attributes.get("sign", "+") in "+-"
        assert attributes.get("her2", "low") in {"positive", "negative", "low", "mutant"}
    if path.stem in {"outcome", "adverse_effect"}:
        assert all(dict(term.attributes).get("outcome_type") for term in terms)


def test_every_type_has_names():
    lexicon = load_lexicon()
    for kind in TYPES:
        names = lexicon.names(kind)
        assert names
        assert list(names) == sorted(set(names))


def test_loaded_once_per_process():
    assert load_lexicon() is load_lexicon(None)


@pytest.mark.parametrize("term", ["HER2", "HER-2", "HER2/neu", "ErbB2", "ERBB2", "c-erbB-2"])
def test_names_of_her2_are_one_gene(term):
    gene = next(found for found in load_lexicon().lookup(key(term)) if found.type == "gene")
    assert (gene.name, gene.identifier) == ("ERBB2", "HGNC:3430")


@pytest.mark.parametrize(
    ("term", "name"),
    [
        ("Herceptin", "trastuzumab"),
        ("T-DM1", "trastuzumab emtansine"),
        ("TDM1", "trastuzumab emtansine"),
        ("DS-8201a", "trastuzumab deruxtecan"),
        ("T-DXd", "trastuzumab deruxtecan"),
        ("GW572016", "lapatinib"),
        ("PD 0332991", "palbociclib"),
        ("RAD001", "everolimus"),
        ("Xeloda", "capecitabine"),
    ],
)
def test_brands_and_code_names_lead_to_the_generic_name(term, name):
    assert load_lexicon().lookup(key(term))[0].name == name


def test_generated_tables_reach_far_beyond_the_hand_written_ones():
    lexicon = load_lexicon()
    assert len(lexicon.names("gene")) > 30_000
    assert len(lexicon.names("drug")) > 5_000
    assert lexicon.lookup(key("CACNA1C"))[0].identifier == "HGNC:1390"
    assert lexicon.lookup(key("ramipril"))[0].identifier.startswith("DRUGBANK:")


def test_all_tables_together_stay_small():
    assert sum(path.stat().st_size for path in HERE.glob("*.tsv*")) < 6_000_000


def test_synonyms_are_safe_in_a_query():
    lexicon = load_lexicon()
    names = lexicon.synonyms("T-DM1")
    assert names[0] == "trastuzumab emtansine"
    assert "Kadcyla" in names
    assert all(len(name) >= 4 or any(c.isdigit() for c in name) for name in names)
    assert "ERBB2" in lexicon.synonyms("HER2")
    assert lexicon.synonyms("an unheard-of thing") == ("an unheard-of thing",)
    assert len(lexicon.synonyms("HER2", limit=3)) == 3


def test_nearest_offers_a_known_name_with_its_score():
    lexicon = load_lexicon()
    name, score = lexicon.nearest("patuzumab") or ("", 0.0)
    assert name == "pertuzumab"
    assert 60 < score < 100
    assert lexicon.nearest("emtricituzumab") is not None
    assert lexicon.nearest("qqqqqqqqqqqq") is None


def test_workspace_terms_win_and_can_exclude(tmp_path: Path):
    (tmp_path / "drug.tsv").write_text(
        HEADER + "zorbutinib|ZB-17\tzorbutinib\tX:1\ttarget=ERBB2\t\nlapatinib\tlapatinib\t\t\texclude\n"
        "MUC4\tMUC4 blocker\t\t\t\n",
        encoding="utf-8",
    )
    lexicon = load_lexicon(tmp_path)
    assert lexicon.lookup(key("ZB17"))[0].name == "zorbutinib"
    assert not lexicon.lookup(key("lapatinib"))
    assert lexicon.lookup(key("MUC4"))[0].type == "drug"
    assert [match.term.name for match in lexicon.match("ZB-17 beats lapatinib")] == ["zorbutinib"]
    assert load_lexicon().lookup(key("lapatinib"))


def test_fingerprint_follows_the_tables(tmp_path: Path):
    table = tmp_path / "drug.tsv"
    table.write_text(HEADER + "zorbutinib\tzorbutinib\t\t\t\n", encoding="utf-8")
    first = load_lexicon(tmp_path).fingerprint
    table.write_text(HEADER + "zorbutinib|zorbu\tzorbutinib\t\t\t\n", encoding="utf-8")
    second = load_lexicon(tmp_path).fingerprint
    assert len({first, second, load_lexicon().fingerprint}) == 3
    assert load_lexicon(tmp_path / "absent").fingerprint == load_lexicon().fingerprint


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("planet.tsv", HEADER, "no entity type"),
        ("drug.tsv", "term\tname\n", "must name the columns"),
        ("drug.tsv", HEADER + "a\tb\tc\td=e\tf\tg\n", "more than"),
        ("drug.tsv", HEADER + "abc\tabc\t\t\tloud\n", "unknown flag"),
        ("drug.tsv", HEADER + "abc\tabc\t\tcolour\t\n", "key=value"),
        ("drug.tsv", HEADER + "abc|\tabc\t\t\t\n", "empty"),
    ],
)
def test_broken_tables_are_told_in_one_line(tmp_path: Path, name, content, says):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=says) as caught:
        load_lexicon(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_table_in_another_encoding_is_refused(tmp_path: Path):
    (tmp_path / "drug.tsv").write_bytes(HEADER.encode() + "café\tcafé\t\t\t\n".encode("latin-1"))
    with pytest.raises(InputError, match="UTF-8"):
        load_lexicon(tmp_path)


def test_attributes():
    assert parse_attributes("a=1;b=2", "here") == (("a", "1"), ("b", "2"))
    assert parse_attributes("", "here") == ()


def test_generated_tables_are_written_the_same_each_time(tmp_path: Path):
    table = Table()
    table.add(Row("TGF-β receptor type 1", "TGFBR1", "HGNC:11772"))
    table.add(Row("TGFBR1", "TGFBR1", "HGNC:11772", "class=emt_stemness", "symbol"))
    first, second = tmp_path / "gene.tsv.gz", tmp_path / "again.tsv.gz"
    table.write(first, "a test")
    table.write(second, "a test")
    assert first.read_bytes() == second.read_bytes()
    assert gzip.decompress(first.read_bytes()).startswith(b"# a test\n")
    rows, reach = read_generated(first)
    assert key("TGF beta receptor type 1") in rows
    assert reach["tgf beta"] == 5


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ("PIK3R2", "downstream_signalling"),
        ("ABCC10", "drug_transport"),
        ("CDK8", "cell_cycle"),
        ("OR4F5", "other"),
    ],
)
def test_mechanism_class_by_symbol(symbol, expected):
    assert mechanism_class(symbol) == expected


def test_a_compiled_vocabulary_is_the_same_one(tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "drug.tsv").write_text("term\tname\tidentifier\tattributes\tflags\nfictimab\tfictimab\t\t\t\n")
    made, whole = open_lexicon(own, tmp_path / "cache"), load_lexicon(own)
    opened = open_lexicon(own, tmp_path / "cache")
    assert made is whole
    assert opened is not whole
    assert opened.fingerprint == whole.fingerprint
    assert dict(opened.by_key) == dict(whole.by_key)
    assert dict(opened.reach) == dict(whole.reach)
    assert opened.heads == whole.heads
    assert set(opened.known) == set(whole.known)
    text = "Fictimab or Herceptin with anti-PD-1 therapy in HER2+ metastatic breast cancers without PIK3CA mutations"
    assert find_entities(text, opened) == find_entities(text, whole)
    (own / "drug.tsv").write_text("term\tname\tidentifier\tattributes\tflags\nfictinib\tfictinib\t\t\t\n")
    assert open_lexicon(own, tmp_path / "cache").lookup(key("fictinib"))
    assert not open_lexicon(own, tmp_path / "cache").lookup(key("fictimab"))


def test_a_broken_compiled_vocabulary_is_made_anew(tmp_path):
    open_lexicon(None, tmp_path)
    (compiled,) = tmp_path.glob("lexicon-*.sqlite")
    compiled.write_bytes(b"no database")
    assert open_lexicon(None, tmp_path).lookup(key("lapatinib"))
    assert open_lexicon(None, tmp_path).knows("lapatinib")
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert open_lexicon(None, blocked / "cache").knows("lapatinib")
