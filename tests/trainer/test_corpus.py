# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Reading a corpus, and the split that no held-out value crosses."""

import random
import tempfile
import unittest
from pathlib import Path

from helix import codec, corpus, data, generator

SAMPLE = Path(__file__).resolve().parents[3] / "shared" / "samples" / "corpus_all_variants.md"


def text_of(pairs) -> str:
    lines = []
    for sentence, value in pairs:
        lines += [f"English: {sentence}", *(f"{f}: {codec.show(value, f)}" for f in codec.FORMATS), ""]
    return "\n".join(lines)


class Reading(unittest.TestCase):
    def test_labels_in_bold_and_prose_between(self):
        found = corpus.parse("# Title\nprose: no\n**English:** Nothing\n**HLXL**: null\nLC-R: ∅\n\nEnglish: Yes\nHLXL: true\n")
        self.assertEqual([(e.english, e.value, sorted(e.texts)) for e in found.examples],
                         [("Nothing", None, ["HLXL", "LC-R"]), ("Yes", True, ["HLXL"])])

    def test_a_block_that_disagrees_is_rejected(self):
        found = corpus.parse("English: a\nHLXL: 1\nLC-T: 2\n\nEnglish: b\nHLXL: [\n\nEnglish: c\nHLXL: 3\n")
        self.assertEqual([e.english for e in found.examples], ["c"])
        self.assertEqual(len(found.rejected), 2)

    def test_canonical_spelling(self):
        found = corpus.parse("English: a\nLC-B: [[0x12c]]\n")
        self.assertEqual(found.examples[0].texts, {"LC-B": "[[0x012c]]"})

    def test_unusable(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, content in (("empty", b" \n"), ("binary", bytes(range(256))), ("nul", b"a\0b"), ("prose", b"# only prose\n"),
                                  ("bad", b"English: x\nHLXL: [\n")):
                path = Path(folder) / name
                path.write_bytes(content)
                with self.subTest(name), self.assertRaises(corpus.CorpusError) as caught:
                    corpus.load(path)
                self.assertNotIn("\n", str(caught.exception))
            for path in (Path(folder), Path(folder) / "missing"):
                with self.assertRaises(corpus.CorpusError):
                    corpus.load(path)

    @unittest.skipUnless(SAMPLE.exists(), "the user's corpus is not here")
    def test_the_users_corpus(self):
        found = corpus.load(SAMPLE)
        self.assertEqual((len(found.examples), found.lines, found.rejected), (164, 656, []))


class Split(unittest.TestCase):
    def setUp(self):
        self.pairs = list(generator.blocks(4000, 3))

    def test_no_value_is_on_both_sides(self):
        train, held = corpus.parse(text_of(self.pairs)).split(0.9)
        seen = {e.texts["HLXL"] for e in train}
        self.assertFalse(seen & {e.texts["HLXL"] for e in held})
        self.assertFalse({e.english for e in train} & {e.english for e in held})
        self.assertTrue(0.07 < len(held) / 4000 < 0.13, len(held))

    def test_order_and_company_do_not_matter(self):
        side = {e.english for e in corpus.parse(text_of(self.pairs)).split(0.9)[1]}
        shuffled = self.pairs[:2000]
        random.Random(1).shuffle(shuffled)
        again = {e.english for e in corpus.parse(text_of(shuffled)).split(0.9)[1]}
        self.assertEqual(again, side & {sentence for sentence, _ in shuffled})

    def test_no_held_out_answer_in_any_phase(self):
        train, held = corpus.parse(text_of(self.pairs)).split(0.9)
        for phase in (1, 2, 3):
            learnt = "\n".join(asked + text for asked, text in data.documents(train, phase, 1)).splitlines()
            learnt = set(learnt) | {line.partition(": ")[2] for line in learnt}
            for example in held:
                self.assertNotIn(example.english if phase != 2 else example.texts["LC-R"], learnt)


class Batches(unittest.TestCase):
    def setUp(self):
        self.data = data.dataset(corpus.parse(text_of(generator.blocks(300, 3))).examples, 3, 1, 256)

    def test_each_document_once_a_pass(self):
        batches = data.Batches(self.data, 16, 1)
        rows = [tuple(row) for k in range(batches.per_pass) for row in batches._order(0)[k:k + 1]]
        chosen = [index for row in rows for part in row for index in [part]]
        self.assertEqual(len(chosen), len(set(chosen)))
        self.assertEqual(len(chosen), batches.per_pass * 16)

    def test_a_batch_depends_on_its_number_only(self):
        straight, jumping = data.Batches(self.data, 16, 1), data.Batches(self.data, 16, 1)
        wanted = [straight[k] for k in range(2 * straight.per_pass)]
        for k in (2 * straight.per_pass - 1, 3, 0):
            self.assertTrue(all((a == b).all() for a, b in zip(jumping[k], wanted[k])))

    def test_ranks_share_a_batch(self):
        alone, first, second = (data.Batches(self.data, size, 1, *rank) for size, rank in ((16, (0, 1)), (8, (0, 2)), (8, (1, 2))))
        self.assertEqual(sorted(alone._order(0)[0]), sorted([*first._order(0)[0], *second._order(0)[0]]))

    def test_labels_are_the_next_token_and_prompts_carry_none(self):
        ids, labels = self.data.rows([0])
        document = self.data.ids[self.data.starts[0]:self.data.starts[1]].tolist()
        asked = int(self.data.prompts[0])
        self.assertEqual(ids[0].tolist(), document[:-1])
        self.assertEqual(labels[0].tolist(), [-1] * (asked - 1) + document[asked:])


if __name__ == "__main__":
    unittest.main()
