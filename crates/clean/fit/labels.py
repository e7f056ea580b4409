"""Labels for blocks: which share of a block the known body holds, at its place."""
import bisect, collections, re, unicodedata

UNSPACED = r'\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff'
TOKEN = re.compile(r'[%s]|[^\W_%s]+' % (UNSPACED, UNSPACED))
RUN = 3      # words a shingle
SHORT = 5    # a block of fewer words is looked for at its place only


def tokens(text):
    # Known bodies come decomposed now and then, blocks are composed.
    return TOKEN.findall(unicodedata.normalize('NFC', text or '').lower().replace('\u00ad', ''))


def shingles(words):
    size = max(1, min(RUN, len(words)))
    return [tuple(words[i:i + size]) for i in range(len(words) - size + 1)]


def heaviest_rising(items):
    """Of (position, weight), the indices of the heaviest subsequence that does not fall."""
    positions = sorted({p for p, _ in items})
    best = [(0.0, -1)] * (len(positions) + 1)
    back = []
    for at, (position, weight) in enumerate(items):
        slot = bisect.bisect_left(positions, position) + 1
        total, before, i = 0.0, -1, slot
        while i > 0:
            if best[i][0] > total:
                total, before = best[i]
            i -= i & -i
        back.append(before)
        total += weight
        i = slot
        while i < len(best):
            if total > best[i][0]:
                best[i] = (total, at)
            i += i & -i
    at, chain = max(best)[1], []
    while at >= 0:
        chain.append(at)
        at = back[at]
    return chain[::-1]


def labels(texts, body, optional=()):
    """For each text: (share of it that the body holds, is that part optional?)."""
    paragraphs = [tokens(p) for p in body.split('\n')]
    gold = [w for p in paragraphs for w in p]
    paragraph_of = [i for i, p in enumerate(paragraphs) for _ in p]
    places = collections.defaultdict(list)
    for at, shingle in enumerate(zip(gold, gold[1:], gold[2:])):
        places[shingle].append(at)
    words = [tokens(t) for t in texts]
    share, where = [0.0] * len(texts), [None] * len(texts)
    long = []
    for b, own in enumerate(words):
        if len(own) < SHORT:
            continue
        found = [places[s][0] for s in shingles(own) if s in places]
        share[b] = len(found) / (len(own) - RUN + 1)
        if share[b] > 0.3:
            where[b] = sorted(found)[len(found) // 2]
            long.append(b)
    in_order = [long[i] for i in heaviest_rising([(where[b], len(words[b]) * share[b]) for b in long])]
    left = collections.Counter(s for s in zip(gold, gold[1:], gold[2:]))
    for b in in_order:
        left.subtract(shingles(words[b]))
    chosen = set(in_order)
    for b in long:
        if b not in chosen:  # a copy, unless the body has it once more
            own = shingles(words[b])
            share[b] = sum(left[s] > 0 for s in own) / len(own)
            if share[b] > 0.3:
                left.subtract(own)
    starts = {b: max(0, where[b] - len(words[b]) // 2 - 3) for b in in_order}
    ends = {b: where[b] + len(words[b]) // 2 for b in in_order}
    for b, own in enumerate(words):
        if not own or len(own) >= SHORT:
            continue
        i = bisect.bisect_left(in_order, b)
        low = ends[in_order[i - 1]] - 3 if i else 0
        high = starts[in_order[i]] + 6 if i < len(in_order) else len(gold)
        if i == 0:  # before the first: near it only
            low = max(0, high - 60)
        for at in range(max(0, low), min(len(gold), high)):
            if gold[at:at + len(own)] == own and (at == 0 or paragraph_of[at - 1] != paragraph_of[at] or len(own) > 2):
                share[b], where[b] = 1.0, at
                break
    may = set(optional or ())
    return [(s, w is not None and s > 0.3 and paragraph_of[w] in may) for s, w in zip(share, where)]
