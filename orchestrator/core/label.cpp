#include "orchestrator/core/label.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>

#include "orchestrator/core/diagnostic.hpp"

namespace testudo {
namespace {

constexpr std::array<std::string_view, 5> classifications{"UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET",
                                                          "TOP SECRET"};
constexpr std::array<std::string_view, 6> colours{"",          "TLP:CLEAR",        "TLP:GREEN",
                                                  "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"};

struct Word {
    std::string_view text;
    std::size_t begin = 0;
};

std::vector<Word> words_of(std::string_view text) {
    std::vector<Word> words;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find(' ', at), text.size());
        if (end > at)
            words.push_back({text.substr(at, end - at), at});
        at = end + 1;
    }
    return words;
}

bool is_capitals(std::string_view text) {
    return !text.empty() && text.size() <= 16 && text.front() >= 'A' && text.front() <= 'Z' &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text), words_(words_of(text)) {}

    tl::expected<Label, LabelFault> parse() {
        if (words_.empty())
            return tl::unexpected(
                fault({text_, 0}, "this label is empty", "write for example `EXERCISE RESTRICTED REL EST FIN`"));
        if (const auto bad = read_policy())
            return tl::unexpected(*bad);
        read_classification();
        while (next_ < words_.size()) {
            const auto word = words_[next_++];
            const auto bad = word.text == "REL" || word.text == "ONLY" ? read_nations(word) : read_colour(word);
            if (bad)
                return tl::unexpected(*bad);
        }
        return label_;
    }

  private:
    static LabelFault fault(const Word& at, std::string message, std::string hint = "") {
        return {at.begin, at.begin + at.text.size(), std::move(message), std::move(hint)};
    }

    bool begins_part(const Word& word) const {
        return word.text == "REL" || word.text == "ONLY" || word.text.starts_with("TLP:");
    }

    // "TOP SECRET" is two words.
    std::size_t classification_at(std::size_t at) {
        if (at >= words_.size())
            return 0;
        if (words_[at].text == "TOP" && at + 1 < words_.size() && words_[at + 1].text == "SECRET")
            return 2;
        return classification_of(words_[at].text) ? 1 : 0;
    }

    // A policy of somebody's own says nothing without a classification, and is often a misspelt one.
    std::optional<LabelFault> read_policy() {
        const auto& word = words_[0];
        if (classification_at(0) != 0 || begins_part(word))
            return std::nullopt;
        if (!is_capitals(word.text) || (word.text != label_.policy && classification_at(1) == 0)) {
            const auto near = nearest(word.text, {classifications.begin(), classifications.end()});
            return fault(word, fmt::format("`{}` is no classification", word.text),
                         near.empty() ? fmt::format("the classifications are {}", fmt::join(classifications, ", "))
                                      : fmt::format("did you mean `{}`?", near));
        }
        label_.policy = word.text;
        ++next_;
        return std::nullopt;
    }

    void read_classification() {
        const auto count = classification_at(next_);
        if (count == 0)
            return;
        label_.classification = count == 2 ? Classification::top_secret : *classification_of(words_[next_].text);
        next_ += count;
    }

    std::optional<LabelFault> read_nations(const Word& keyword) {
        if (!label_.released.empty())
            return fault(keyword, "a label says once to whom it may be released", "`REL` or `ONLY`, once");
        label_.only = keyword.text == "ONLY";
        for (; next_ < words_.size() && !begins_part(words_[next_]); ++next_) {
            if (!is_capitals(words_[next_].text))
                return fault(words_[next_], fmt::format("`{}` is no nation and no group", words_[next_].text));
            label_.released.emplace_back(words_[next_].text);
        }
        if (label_.released.empty())
            return fault(keyword, fmt::format("to whom? No nation follows `{}`", keyword.text));
        std::sort(label_.released.begin(), label_.released.end());
        label_.released.erase(std::unique(label_.released.begin(), label_.released.end()), label_.released.end());
        return std::nullopt;
    }

    std::optional<LabelFault> read_colour(const Word& word) {
        const auto found = std::find(colours.begin() + 1, colours.end(), word.text);
        if (found == colours.end()) {
            std::vector<std::string> known{"REL", "ONLY"};
            known.insert(known.end(), classifications.begin(), classifications.end());
            known.insert(known.end(), colours.begin() + 1, colours.end());
            const auto near = nearest(word.text, known);
            return fault(word, fmt::format("`{}` is no part of a label", word.text),
                         near.empty() ? "policy, classification, then `REL` or `ONLY` with nations, then `TLP:` with a "
                                        "colour: `EXERCISE SECRET REL EST FIN TLP:AMBER`"
                                      : fmt::format("did you mean `{}`?", near));
        }
        if (label_.tlp != Tlp::none)
            return fault(word, "a label has one colour");
        label_.tlp = static_cast<Tlp>(found - colours.begin());
        return std::nullopt;
    }

    std::string_view text_;
    std::vector<Word> words_;
    std::size_t next_ = 0;
    Label label_;
};

} // namespace

tl::expected<Label, LabelFault> parse_label(std::string_view text) {
    return Parser(text).parse();
}

std::string to_text(const Label& label) {
    auto out = fmt::format("{} {}", label.policy, to_text(label.classification));
    if (!label.released.empty())
        out += fmt::format(" {} {}", label.only ? "ONLY" : "REL", fmt::join(label.released, " "));
    if (label.tlp != Tlp::none)
        out += " " + to_text(label.tlp);
    return out;
}

std::optional<Classification> classification_of(std::string_view words) {
    const auto found = std::find(classifications.begin(), classifications.end(), words);
    if (found == classifications.end())
        return std::nullopt;
    return static_cast<Classification>(found - classifications.begin());
}

std::string to_text(Classification classification) {
    return std::string(classifications.at(static_cast<std::size_t>(classification)));
}

std::string to_text(Tlp tlp) {
    return std::string(colours.at(static_cast<std::size_t>(tlp)));
}

std::optional<Label> strictest(const Label& a, const Label& b) {
    if (a.policy != b.policy)
        return std::nullopt;
    Label whole;
    whole.policy = a.policy;
    whole.classification = std::max(a.classification, b.classification);
    whole.only = a.only || b.only;
    whole.tlp = std::max(a.tlp, b.tlp);
    if (a.released.empty() || b.released.empty()) {
        whole.released = a.released.empty() ? b.released : a.released;
        return whole;
    }
    std::set_intersection(a.released.begin(), a.released.end(), b.released.begin(), b.released.end(),
                          std::back_inserter(whole.released));
    if (whole.released.empty())
        return std::nullopt;
    return whole;
}

} // namespace testudo
