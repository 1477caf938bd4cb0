// Handing errors on, and checks of our own invariants.
#pragma once

#include <cstdio>
#include <cstdlib>

#include "mseavro/error.h"

#define MSEAVRO_CONCAT_(a, b) a##b
#define MSEAVRO_CONCAT(a, b) MSEAVRO_CONCAT_(a, b)

// MSEAVRO_TRY(expression);  returns the error of a Result or Status from the calling function.
#define MSEAVRO_TRY(expression)                                            \
  do {                                                                     \
    if (auto status_ = (expression); !status_) [[unlikely]]                \
      return tl::unexpected<::mseavro::Error>(std::move(status_.error())); \
  } while (false)

// MSEAVRO_ASSIGN(auto schema, parse(text));  the value, or the error returned from the caller.
#define MSEAVRO_ASSIGN(declaration, expression)                                                    \
  auto MSEAVRO_CONCAT(result_, __LINE__) = (expression);                                           \
  if (!MSEAVRO_CONCAT(result_, __LINE__)) [[unlikely]]                                             \
    return tl::unexpected<::mseavro::Error>(std::move(MSEAVRO_CONCAT(result_, __LINE__).error())); \
  declaration = std::move(*MSEAVRO_CONCAT(result_, __LINE__))

// A broken invariant is a bug of ours, never of the input: say where and stop.
#define MSEAVRO_CHECK(condition)                                                           \
  do {                                                                                     \
    if (!(condition)) [[unlikely]] {                                                       \
      std::fprintf(stderr, "mseavro: bug at %s:%d: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                        \
    }                                                                                      \
  } while (false)

#ifdef NDEBUG
#define MSEAVRO_DCHECK(condition) static_cast<void>(0)
#else
#define MSEAVRO_DCHECK(condition) MSEAVRO_CHECK(condition)
#endif
