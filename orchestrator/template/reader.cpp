#include "orchestrator/template/reader.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/template/quantity.hpp"
#include "orchestrator/template/words.hpp"

namespace testudo::template_ {

void Reader::wrong(const Node& node, std::string_view wanted, std::string hint) {
    switch (node.kind) {
    case Node::Kind::null:
        error(out, "T0211", node.span, fmt::format("nothing is given here; wanted is {}", wanted), std::move(hint));
        return;
    case Node::Kind::scalar:
        error(out, "T0203", node.span, fmt::format("wanted is {}, not `{}`", wanted, node.scalar.substr(0, 40)),
              std::move(hint));
        return;
    case Node::Kind::sequence:
        error(out, "T0203", node.span, fmt::format("wanted is {}, not a list", wanted), std::move(hint));
        return;
    case Node::Kind::mapping:
        error(out, "T0203", node.span, fmt::format("wanted is {}, not a mapping", wanted), std::move(hint));
        return;
    }
}

bool Reader::scalar(const Node& node, std::string_view wanted) {
    if (node.kind == Node::Kind::scalar)
        return true;
    wrong(node, wanted);
    return false;
}

void Reader::text(const Node& node, Text& value) {
    if (scalar(node, "a text"))
        value = Text{node.scalar, node.span};
    else
        value.refused = true;
}

void Reader::texts(const Node& node, std::vector<Text>& values) {
    if (node.kind == Node::Kind::scalar) {
        values.push_back(Text{node.scalar, node.span});
        return;
    }
    if (node.kind != Node::Kind::sequence) {
        wrong(node, "a text or a list of texts");
        return;
    }
    for (const auto& item : node.items) {
        Text one;
        text(*item, one);
        if (one.given())
            values.push_back(std::move(one));
    }
}

void Reader::name(const Text& text, std::string_view what, std::size_t longest, Text& value) {
    if (is_name(text.value, longest)) {
        value = text;
        return;
    }
    error(out, "T0209", text.span, fmt::format("`{}` cannot be the name of {}", text.value, what),
          fmt::format("a small letter, then small letters, digits and single hyphens, at most {} characters", longest));
}

void Reader::word(const Node& node, const std::vector<std::string>& words, Text& value) {
    if (scalar(node, fmt::format("one of {}", fmt::join(words, ", "))))
        word(Text{node.scalar, node.span}, words, value);
}

void Reader::word(const Text& text, const std::vector<std::string>& words, Text& value) {
    if (std::find(words.begin(), words.end(), text.value) != words.end()) {
        value = text;
        return;
    }
    const auto near = nearest(text.value, words);
    error(out, "T0208", text.span, fmt::format("`{}` is none of {}", text.value, fmt::join(words, ", ")),
          near.empty() ? "" : fmt::format("did you mean `{}`?", near));
}

void Reader::number(const Node& node, std::int64_t least, std::int64_t most, Number& value) {
    if (!scalar(node, "a whole number"))
        return;
    const auto& digits = node.scalar;
    const auto read = node.plain ? parse_whole_number(digits) : std::nullopt;
    if (!read) {
        const bool octal =
            digits.size() > 1 && digits.front() == '0' && digits.find_first_not_of("0123456789") == std::string::npos;
        std::string hint;
        if (octal)
            hint = "without the leading zero, which some readers take for octal";
        else if (!node.plain)
            hint = "without quotes";
        error(out, "T0204", node.span, fmt::format("`{}` is no whole number", digits), hint);
    } else if (*read < least || *read > most) {
        error(out, "T0205", node.span, fmt::format("{} is out of range; it must be from {} to {}", *read, least, most));
    } else {
        value = Number{*read, node.span};
    }
}

void Reader::points(const Node& node, Number& milli) {
    if (scalar(node, "a number of points"))
        points(Text{node.scalar, node.span}, milli);
}

void Reader::points(const Text& text, Number& milli) {
    if (const auto read = parse_points(text.value))
        milli = Number{*read, text.span};
    else
        error(out, "T0204", text.span, fmt::format("`{}` is no number of points", text.value),
              "write 20 or 2.5, at most three digits after the point");
}

void Reader::mebibytes(const Node& node, std::int64_t least, std::int64_t most, Number& value) {
    if (!scalar(node, "an amount such as 64 MiB"))
        return;
    const auto read = parse_mebibytes(node.scalar);
    if (!read)
        error(out, "T0207", node.span, fmt::format("`{}` is no amount of memory", node.scalar),
              "write a whole number of MiB or GiB: 64 MiB, 2 GiB");
    else if (*read < least || *read > most)
        error(out, "T0205", node.span,
              fmt::format("{} MiB is out of range; it must be from {} to {} MiB", *read, least, most));
    else
        value = Number{*read, node.span};
}

void Reader::duration(const Node& node, Duration& value) {
    if (!scalar(node, "a duration such as 90s or 5m"))
        return;
    if (const auto read = parse_duration(node.scalar))
        value = Duration{*read, node.span};
    else
        error(out, "T0206", node.span, fmt::format("`{}` is no duration", node.scalar),
              "write numbers with units: 90s, 5m, 1h30m");
}

void Reader::flag(const Node& node, Flag& value) {
    if (!scalar(node, "true or false"))
        return;
    if (node.plain && (node.scalar == "true" || node.scalar == "false"))
        value = Flag{node.scalar == "true", node.span};
    else
        error(out, "T0203", node.span, fmt::format("wanted is true or false, not `{}`", node.scalar));
}

void Reader::text_or_file(const Node& node, Text& value) {
    if (node.kind != Node::Kind::mapping) {
        if (scalar(node, "a text or `{ file: NAME }`"))
            value = Text{node.scalar, node.span};
        return;
    }
    for (const auto& entry : node.entries)
        if (entry.key != "file")
            error(out, "T0201", entry.key_span, fmt::format("the key `{}` is not known here", entry.key),
                  "a text is given as such or as `{ file: NAME }`");
    if (const auto* entry = node.find("file"))
        file(*entry->value, value);
}

void Reader::file(const Node& node, Text& value) {
    Text name;
    text(node, name);
    if (!name.given())
        return;
    if (const auto found = source(name))
        value = Text{found->text, Span{found, 0, 0}};
}

std::shared_ptr<const SourceFile> Reader::source(const Text& name) {
    return sources_.included(name.value, name.span, out);
}

} // namespace testudo::template_
