"""Fits the trees of crates/clean/src/body_trees.txt. README.md has the recipe.

    fit.py DIR GOLD.jsonl OUT [--folds]

DIR holds what `fit rows` wrote; GOLD has `{"id", "url", "body", "optional"}` lines in the order
of its list. `--folds` prints, instead of trees, the probabilities from five folds by host, in
the form that `fit bodies` reads.
"""
import argparse, json, zlib
from urllib.parse import urlparse

import lightgbm, numpy

from labels import labels, tokens

PARAMETERS = dict(
    objective='cross_entropy', learning_rate=0.1, num_leaves=12, feature_fraction=0.35,
    bagging_fraction=0.8, bagging_freq=1, min_data_in_leaf=40, lambda_l2=2, max_bin=127,
    seed=7, num_threads=1, deterministic=True, verbose=-1)
ROUNDS = 150
FOLDS = 5


def read(folder, gold_path):
    width = int(open(f'{folder}/width').read())
    rows = numpy.fromfile(f'{folder}/rows.f32', dtype='<f4').reshape(-1, width)
    share, weight, page, asked = [], [], [], []
    gold = [json.loads(line) for line in open(gold_path)]
    for number, (line, known) in enumerate(zip(open(f'{folder}/texts.jsonl'), gold)):
        blocks = json.loads(line)
        assert blocks['id'] == known['id'], (blocks['id'], known['id'])
        asked.append((blocks['id'], blocks['asked']))
        found = labels(blocks['texts'], known['body'] or '', known.get('optional'))
        own = [(len(tokens(text)), *label) for text, label, row in
               zip(blocks['texts'], found, blocks['asked']) if row]
        share += [s for _, s, _ in own]
        weight += weights(own) if known['body'] else [0.0] * len(own)
        page += [number] * len(own)
    hosts = [host(known) for known in gold]
    return rows, *map(numpy.array, (share, weight, page)), hosts, asked


def weights(blocks):
    """Half by words, half by paragraphs, against those of the page's article."""
    words = max(100, sum(n * s for n, s, _ in blocks))
    paragraphs = max(8, sum(s > 0.5 for _, s, _ in blocks))
    return [(0.05 if optional else 1) * ((n + 3) / words + 1 / paragraphs) / 2
            for n, _, optional in blocks]


def host(known):
    """The registrable domain, near enough; the id where there is no URL."""
    parts = (urlparse(known.get('url') or '').hostname or known['id']).split('.')
    second_level = len(parts) > 2 and len(parts[-1]) == 2 and len(parts[-2]) <= 3
    return '.'.join(parts[-3:] if second_level else parts[-2:])


def fit(rows, share, weight):
    data = lightgbm.Dataset(rows, share, weight=weight / weight.mean())
    return lightgbm.train(PARAMETERS, data, ROUNDS)


def preorder(node, out):
    if 'leaf_value' in node:
        out.append(f'={node["leaf_value"]:.4g}')
        return
    at = len(out)
    out.append(None)
    preorder(node['left_child'], out)
    out[at] = f'{node["split_feature"]}:{numpy.float32(node["threshold"]):.6g}>{len(out)}'
    preorder(node['right_child'], out)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('dir')
    parser.add_argument('gold')
    parser.add_argument('out')
    parser.add_argument('--folds', action='store_true')
    asked = parser.parse_args()
    rows, share, weight, page, hosts, pages = read(asked.dir, asked.gold)
    if not asked.folds:
        with open(asked.out, 'w') as out:
            for tree in fit(rows, share, weight).dump_model()['tree_info']:
                nodes = []
                preorder(tree['tree_structure'], nodes)
                print(*nodes, file=out)
        return
    fold = numpy.array([zlib.crc32(h.encode()) % FOLDS for h in hosts])[page]
    given = numpy.zeros(len(share))
    for held in range(FOLDS):
        given[fold == held] = fit(rows[fold != held], share[fold != held], weight[fold != held]).predict(rows[fold == held])
    rest = iter(given)
    with open(asked.out, 'w') as out:
        for id, blocks in pages:
            print(json.dumps({'id': id, 'p': [float(next(rest)) if b else 0.0 for b in blocks]}), file=out)


if __name__ == '__main__':
    main()
