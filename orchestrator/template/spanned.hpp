#pragma once
#include <cstdint>
#include <string>

#include "orchestrator/core/clock.hpp"
#include "orchestrator/core/diagnostic.hpp"

namespace testudo::template_ {

// A value and the place that it was read from. Without a place it was not given (or was wrong, and has been reported).
template <class T> struct Spanned {
    T value{};
    Span span;
    bool refused = false; // something stood here that did not fit; it has been reported
    bool given() const { return span.file != nullptr; }
};

using Text = Spanned<std::string>;
using Number = Spanned<std::int64_t>;
using Flag = Spanned<bool>;
using Duration = Spanned<Millis>;

} // namespace testudo::template_
