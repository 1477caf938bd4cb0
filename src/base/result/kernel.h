// Functions for which the processor's newer instructions pay.
#pragma once

// Compiles a function twice: for every processor of the architecture, and for those of the last ten
// years (x86-64-v3: AVX2, BMI2). Which one runs is chosen when the program is loaded, so that one
// binary serves all. Results do not differ: no compiler flag allows other floating-point operations
// than those that are written. Sanitizers, which must be there before anything is chosen, get one.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define MSEAVRO_KERNEL __attribute__((target_clones("default", "arch=x86-64-v3")))
#else
#define MSEAVRO_KERNEL
#endif

// For lambdas in them, which stand for several copies of the same code.
#define MSEAVRO_INLINE __attribute__((always_inline))
