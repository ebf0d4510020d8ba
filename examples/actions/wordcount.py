# Counts the words of "text" and names the "top" most frequent ones (default 3).
#
#   {"text": "to be or not to be"}
#   ->  {"words": 6, "different": 4, "top": [{"word": "to", "count": 2}, …]}

import re
from collections import Counter


def main(args):
    words = re.findall(r"\w+", args.get("text", "").lower())
    print(f"found {len(words)} words")
    counts = Counter(words)
    top = [{"word": word, "count": count} for word, count in counts.most_common(args.get("top", 3))]
    return {"words": len(words), "different": len(counts), "top": top}
