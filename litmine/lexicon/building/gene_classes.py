"""The mechanism class of a gene, by its symbol: what `build.py` writes beside every HGNC symbol."""

from __future__ import annotations

import re

_PATTERNS: tuple[tuple[str, str], ...] = (
    (
        r"MIR\d.*|MIRLET.*|LINC\d.*|.*-AS\d|SNHG\d+|HOTAIR.*|MALAT1|DNMT.*|TET[123]|HDAC\d+|HDAC|EZH[12]|KDM.*|KMT2.*|"
        r"SETD\d.*|SUV39.*|BRD[2349]|SIRT\d|PRMT\d+|DICER1|DROSHA|AGO[1-4]|METTL\d+.*|YTHD.*|ALKBH5|FTO|ARID1.*|SMARC.*|BMI1|EED|SUZ12",
        "epigenetic_rna",
    ),
    (
        r"BRCA[12]|BRCA|RAD5\d.*|FANC.*|ATM|ATR|CHEK[12]|PALB2|MLH[13]|MSH\d|PMS\d|XRCC\d|ERCC\d.*|MGMT|PARP[123]|TP53BP1|"
        r"H2AX|MRE11|NBN|PRKDC|POLQ|LIG[134]|APEX1|XPA|XPC|BARD1|BRIP1|TOP1|SLFN11|RPA\d|MDC1|USP1|POLE|POLB",
        "dna_repair",
    ),
    (
        r"BCL2.*|BCL2|BAX|BAK1|BAD|BID|BIK|BBC3|PMAIP1|MCL1|BIRC\d|XIAP|CASP\d+|FAS|FASLG|FADD|TRADD|TNFRSF10.*|TNFSF10|"
        r"APAF1|DIABLO|CFLAR|TP53|TP63|TP73|TP53I.*|CYCS|HTRA2|PDCD4|GSDM.*|RIPK\d|DAPK\d|BNIP3.*|AIFM\d|ENDOG",
        "apoptosis_regulation",
    ),
    (
        r"CDK\d+|CDK|CCN[ABCDEFGHKLT]\d*|CDKN.*|RB1|RBL[12]|E2F\d|E2F|CDC\d+.*|AURK[ABC]|PLK\d|WEE1|MKI67|PCNA|SKP2|FOXM1|BUB.*|TTK|"
        r"MAD2L.*|MCM\d+|FBXW7|GMNN|CKS[12].*|TOP2[AB]|PTTG1|KIF\d+.*|CENP.*",
        "cell_cycle",
    ),
    (
        r"ABC[ABCG]\d+.*|SLC46A3|MVP|LAMP\d|RAB\d+.*|CAV[123]|CAVIN.*|CLT[ABC].*|DNM[123]|ATP6V.*|CTS[A-Z]\d?|VPS\d+.*|SNX\d+|SLCO.*|SLC22A\d+",
        "drug_transport",
    ),
    (
        r"ESR[12]|PGR|AR|NCOA\d|NCOR\d|FOXA1|GATA3|GPER1|CYP19A1|TFF1|GREB1|NR3C1|RAR[ABG]|RXR[ABG]|PPAR[ADG]|VDR|THR[AB]|HSD17B\d+|STS|SULT1E1|ESRR.",
        "hormone_receptor",
    ),
    (
        r"EGFR|ERBB[34]|EGF|AREG|EREG|BTC|HBEGF|TGFA|NRG\d|IGF1|IGF2|IGF1R|IGF2R|INSR|INS|IGFBP\d|MET|HGF|FGFR\d|FGFR|FGF\d+|AXL|MERTK|"
        r"TYRO3|GAS6|PDGFR[AB]|PDGFR|KIT|RET|ROS1|ALK|NTRK\d|EPH[AB]\d+|EFN[AB]\d|DDR[12]|ROR[12]|CSF1R|FLT3|EPOR|LEPR|PRLR|GHR|PTK[67]|LTK|MST1R|ERBB",
        "receptor_bypass",
    ),
    (r"ERBB2|MUC4|CD44|ADAM1[07]", "target_alteration"),
    (
        r"PIK3.*|PI3K|PTEN|AKT\d?|AKT1S1|MTOR|MTORC\d|RPTOR|RICTOR|RPS6.*|EIF4E.*|TSC[12]|RHEB|PDPK1|SGK[123]|INPP4[AB]|FOXO\d|GSK3.*|STK11|"
        r"SRC|YES1|FYN|LYN|LCK|PTK2B?|[KHN]RAS|RAS|RRAS2?|RAF1|RAF|[AB]RAF|NF[12]|MAP\dK.*|MAP[234]K\d+|MAPK\d+|MEK|ERK|JNK|p38|JUN[BD]?|FOS[BL12]*|"
        r"STAT\d.*|STAT|JAK[123]|JAK|TYK2|SOCS\d|NFKB\d|NFkappaB|REL[AB]?|IKBK[BEG]|CHUK|YAP1|WWTR1|LATS[12]|TEAD\d|PTPN\d+|PPP2.*|PPP1R1B|SHC\d|GRB\d|GAB[12]|"
        r"IRS\d|PLCG[12]|CRKL?|RAC\d|RHO[ABC]|CDC42|ROCK[12]|PAK\d|PIM\d|MYC[NL]?|SPRY\d|DUSP\d+|PRKC[ABDEGHIQZ]|PKC|PRKA.*|CREB\d|PHLPP\d|ILK|ELK1|ETS\d|SOS[12]|BTK|SYK|PDK1",
        "downstream_signalling",
    ),
    (
        r"HLA-.*|KIR\d.*|KLR.*|CD\d+[A-Z]*\d*|PDCD1.*|CTLA4|LAG3|HAVCR2|TIGIT|VTCN1|IDO[12]|FOXP3|IL\d+.*|IFN.*|TNF|TNFSF\d+.*|TNFRSF(?!10).*|"
        r"CXC[LR]\d+|CC[LR]\d+.*|CX3C.*|TLR\d+|FCGR.*|FCER.*|MIC[AB]|ULBP\d|RAET1.*|NCR\d|GZM[ABKMH]|PRF1|STING1|CGAS|B2M|TAP[12]|CIITA|LGALS9|"
        r"CSF[123]R?|C[1-9]|C[1-9][A-Z]+|CRP|IGH.*|TR[ABDG][CVJ].*|SIRP.*|NT5E|ENTPD1|IRF\d|MYD88|NLRP\d+|TGFB[123]|CD274",
        "immune",
    ),
    (
        r"CDH\d+|VIM|SNAI[123]|TWIST[12]|ZEB[12]|CTNN[ABD]\d|WNT\d+.*|FZD\d+|LRP[56]|DVL\d|AXIN\d|APC|TCF\dL?\d?|LEF1|NOTCH\d|NOTCH|JAG[12]|DLL\d|HES\d|"
        r"HEY\d|SHH|IHH|PTCH\d|SMO|GLI\d|ALDH1A\d|PROM1|EPCAM|SOX\d+|POU5F1|NANOG|KLF\d+|LIN28[AB]|LGR\d|MSI\d|BMP\d+|BMPR.*|SMAD\d|TGFBR\d|EZR|ID[1234]|PRRX1|GRHL\d",
        "emt_stemness",
    ),
    (
        r"VEGF.*|KDR|FLT[14]|ANGPT\d|TEK|MMP\d+|TIMP\d|FN1|LAM[ABC]\d|COL\d+A\d+|ITG[AB]\w+|LOX|LOXL\d|THBS\d|PDGF[ABCD]|SPP1|POSTN|TNC|PLAU[R]?|"
        r"SERPINE1|CCN\d|ACTA2|FAP|PTHLH|BSG|HMMR|HAS\d|S100A\d+|LGALS[13]|SPARC|NRP\d|SEMA.*|PLXN.*",
        "tumour_microenvironment",
    ),
    (
        r"FASN|LDH[ABC]|HK\d|SLC2A\d+|PKM|PFK.*|HMGC[RS]\d?|SREBF\d|ACAC[AB]|ACLY|SCD\d?|CPT\d.*|GLS2?|SLC1A5|SLC7A\d+|IDH\d.*|PHGDH|PDK[1-4]|PDH.*|"
        r"PPARGC1.*|HIF1A|EPAS1|FABP\d+|ACSL\d|ACSS\d|NAMPT|SLC16A\d+|GPX\d|G6PD|CYP\d+.*|UGT.*|GST.*|LEP|ADIPOQ|ALDO[ABC]|ENO\d|PGK\d|TKT|TYMS|TYMP|DPYD|DHFR|"
        r"MTHF.*|SHMT\d|ASNS|ASS1|ODC1|PSAT1|PSPH|LPL|LDLR|SQLE|NT5C.*|NDUF.*|SDH.*|COX\d.*|ATP5.*|AMPK|PRKAA\d",
        "metabolism",
    ),
)
_COMPILED = tuple((re.compile(pattern), name) for pattern, name in _PATTERNS)


def mechanism_class(symbol: str) -> str:
    """Mechanism class of a gene or family symbol; `other` where no pattern knows it."""
    return next((name for pattern, name in _COMPILED if pattern.fullmatch(symbol)), "other")
