# Divides "a" by "b". Dividing by zero is an application error: the action itself
# answers {"error": …}, and its container stays in use.
#
#   {"a": 7, "b": 2}  ->  {"quotient": 3.5}
#   {"a": 7, "b": 0}  ->  {"error": "Cannot divide 7 by zero."}


def main(args):
    a, b = args.get("a", 1), args.get("b", 1)
    print(f"dividing {a} by {b}")
    if b == 0:
        return {"error": f"Cannot divide {a} by zero."}
    return {"quotient": a / b}
