"""Writes fsum_cases.txt: hard sums of doubles and what Python's math.fsum makes of them.

A line is `name expected term...`; numbers are hexadecimal, as float.hex() writes them.
"""

import math
import pathlib
import random
import sys
from fractions import Fraction

TINY = 5e-324
LARGEST = sys.float_info.max


def halfway(mantissa, exponent, nudge=0.0):
    """Terms whose sum is exactly between two doubles, but for the nudge."""
    return [math.ldexp(mantissa, exponent), math.ldexp(1.0, exponent - 1), nudge]


def hard_cases():
    yield "empty", []
    yield "negative_zero", [-0.0, -0.0]
    yield "one_subnormal", [TINY]
    yield "subnormals_become_normal", [2.2250738585072009e-308, TINY]
    yield "subnormals_cancel", [TINY, -TINY, TINY * 3, -TINY * 2]
    yield "cancelling_giants", [1e308, -1e308, 1e-300]
    yield "cancelling_giants_apart", [1e308, 1e-300, -1e308, TINY, -1e-300]
    yield "largest", [LARGEST]
    yield "largest_less_ulp", [LARGEST, -math.ulp(LARGEST)]
    yield "below_halfway_to_overflow", [LARGEST, math.ulp(LARGEST) / 4]
    yield "tenths", [0.1] * 10
    yield "tenths_cancel", [0.1, 0.2, -0.3]
    yield "big_and_small", [1e16, 1.0, 1.0, -1e16]
    yield "borrow_through_zeros", [2.0**600, -(2.0**-600)]
    yield "tie_to_even_down", halfway(2**52, 0)
    yield "tie_to_even_up", halfway(2**52 + 1, 0)
    yield "tie_broken_from_afar_up", halfway(2**52, 0, TINY)
    yield "tie_broken_from_afar_down", halfway(2**52 + 1, 0, -TINY)
    yield "tie_carries_to_next_power", halfway(2**53 - 1, 0)
    yield "tie_at_digit_border", halfway(2**52 + 1, 32 * 5 - 52 - 1075 % 32)
    yield "negative_tie", [-term for term in halfway(2**52 + 1, -40)]
    yield "every_power", [math.ldexp(1.0, exponent) for exponent in range(-1074, 1023)]
    yield "alternating_powers", [math.ldexp((-1.0) ** e, e) for e in range(-1074, 1024)]


def random_cases(source):
    for number in range(40):
        spread = source.choice([1, 10, 100, 1000])
        terms = [
            math.ldexp(source.uniform(-1, 1), source.randint(-spread, spread))
            for _ in range(source.randint(2, 40))
        ]
        if number % 2:
            terms += [-term for term in terms[1:]]
            source.shuffle(terms)
        yield f"random_{number}", terms


def main():
    lines = []
    for name, terms in [*hard_cases(), *random_cases(random.Random(1505_05571))]:
        expected = math.fsum(terms)
        assert expected == float(sum(map(Fraction, terms)))
        lines.append(" ".join([name, expected.hex(), *(term.hex() for term in terms)]))
    path = pathlib.Path(__file__).with_name("fsum_cases.txt")
    path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
