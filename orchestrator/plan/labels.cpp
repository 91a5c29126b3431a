#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/core/label.hpp"
#include "orchestrator/plan/groups.hpp"
#include "orchestrator/template/words.hpp"

namespace testudo::plan {
namespace {

using template_::error;
using template_::InjectSpec;
using template_::Text;

bool released_to(const Label& label, const std::string& nation) {
    return label.released.empty() || std::binary_search(label.released.begin(), label.released.end(), nation);
}

class Labeller {
  public:
    explicit Labeller(Draft& draft) : draft_(draft) {
        for (const auto& team : draft.plan.teams)
            for (const auto& nation : team.nations)
                nations_.insert(nation);
    }

    void run() {
        read_exercise();
        for (std::size_t i = 0; i < draft_.machines.size(); ++i)
            read_machine(draft_.machines[i], draft_.plan.machines[i]);
        for (const auto& spec : draft_.source.timeline)
            read_inject(spec);
        for (auto& inject : draft_.plan.injects)
            if (const auto label = parse_label(inject.label))
                inject.label = to_text(*label);
        refuse_unlabelled();
        name_the_whole();
    }

  private:
    // With the members of its groups instead of the groups.
    std::optional<Label> read(const Text& text, std::string* shown = nullptr) {
        auto label = parse_label(text.value);
        if (!label) {
            const auto& fault = label.error();
            error(draft_.out, "T1121", template_::part_of(text, fault.begin, fault.end), fault.message, fault.hint);
            return std::nullopt;
        }
        if (shown)
            *shown = to_text(*label);
        std::vector<Text> names;
        for (const auto& word : template_::words_of(text))
            if (std::binary_search(label->released.begin(), label->released.end(), word.value))
                names.push_back(word);
        label->released = nations_of(names, draft_);
        std::sort(label->released.begin(), label->released.end());
        return std::move(*label);
    }

    void read_exercise() {
        const auto& text = draft_.source.label;
        if (!text.given())
            return;
        whole_ = read(text, &draft_.plan.label);
        if (!whole_)
            return;
        for (const auto& team : draft_.plan.teams)
            for (const auto& nation : team.nations)
                if (!released_to(*whole_, nation))
                    error(draft_.out, "T1124", text.span,
                          fmt::format("{} takes part in `{}`, but the exercise is not released to it", nation, team.id),
                          fmt::format("add {} behind `REL`", nation));
    }

    void read_machine(const MachineDraft& made, Machine& machine) {
        const auto& text = made.spec->label;
        if (!text.given()) {
            unlabelled_ = unlabelled_.file ? unlabelled_ : made.spec->id.span;
            return;
        }
        const auto label = read_part(text, &machine.label);
        if (!label)
            return;
        if (const auto* team = find_team(draft_.plan, machine.team))
            refuse_hidden(text, *label, *team, fmt::format("the machine `{}` of", machine.name));
        for (const auto& id : machine.seen_by)
            if (const auto* team = id == machine.team ? nullptr : find_team(draft_.plan, id))
                refuse_hidden(text, *label, *team, fmt::format("the machine `{}` shown to", machine.name));
    }

    void read_inject(const InjectSpec& spec) {
        if (!spec.label.given()) {
            unlabelled_ = unlabelled_.file ? unlabelled_ : spec.span;
            return;
        }
        const auto label = read_part(spec.label);
        if (!label || spec.is_action)
            return;
        for (const auto& team : draft_.plan.teams) {
            const bool to = spec.to.empty() ? team.colour == "blue"
                                            : std::any_of(spec.to.begin(), spec.to.end(), [&team](const Text& one) {
                                                  return one.value == team.id || one.value == team.colour;
                                              });
            if (to)
                refuse_hidden(spec.label, *label, team, fmt::format("the message `{}` to", spec.id.value));
        }
    }

    std::optional<Label> read_part(const Text& text, std::string* shown = nullptr) {
        auto label = read(text, shown);
        if (!label)
            return std::nullopt;
        if (!labelled_.file)
            labelled_ = text.span;
        parts_.push_back(*label);
        if (whole_)
            refuse_above(text, *label);
        return label;
    }

    void refuse_above(const Text& text, const Label& part) {
        const auto tell = [&](const char* code, const std::string& message) {
            auto& d = error(draft_.out, code, text.span, message);
            d.related.push_back({draft_.source.label.span, "the exercise's label"});
        };
        if (part.policy != whole_->policy)
            return tell("T1123", fmt::format("the policies {} and {} cannot be compared", part.policy, whole_->policy));
        if (part.classification > whole_->classification)
            return tell("T1122", fmt::format("this is {}, but the exercise is only {}", to_text(part.classification),
                                             to_text(whole_->classification)));
        if (part.tlp > whole_->tlp && whole_->tlp != Tlp::none)
            return tell("T1122", fmt::format("this is {}, but the exercise is only {}", to_text(part.tlp),
                                             to_text(whole_->tlp)));
        for (const auto& nation : part.released)
            if (!released_to(*whole_, nation))
                return tell("T1122", fmt::format("this is released to {}, but the exercise is not", nation));
    }

    void refuse_hidden(const Text& text, const Label& label, const Team& team, const std::string& what) {
        for (const auto& nation : team.nations)
            if (!released_to(label, nation))
                error(draft_.out, "T1124", text.span,
                      fmt::format("{} `{}` is not released to {}, which must see it", what, team.id, nation),
                      fmt::format("add {} behind `{}`", nation, label.only ? "ONLY" : "REL"));
    }

    // Who labels some parts means the others to have a label too.
    void refuse_unlabelled() {
        if (draft_.source.label.given() || nations_.size() < 2 || !labelled_.file || !unlabelled_.file)
            return;
        auto& d =
            error(draft_.out, "T1126", unlabelled_,
                  fmt::format("this has no label, in an exercise of {} nations whose parts have some", nations_.size()),
                  "label the exercise: its label holds for all that have none of their own");
        d.related.push_back({labelled_, "a label"});
    }

    // An exercise that says nothing of labels is open to its nations and to nobody else.
    void name_the_whole() {
        if (draft_.source.label.given())
            return;
        Label whole;
        whole.released.assign(nations_.begin(), nations_.end());
        for (const auto& part : parts_) {
            const auto both =
                part.policy == whole.policy || &part == &parts_.front()
                    ? strictest(part.policy == whole.policy ? whole : with_policy(whole, part.policy), part)
                    : std::nullopt;
            if (!both) {
                error(
                    draft_.out, "T1125", labelled_,
                    "the parts of the exercise have labels of several policies, or are released to no nation together",
                    "label the exercise");
                return;
            }
            whole = *both;
        }
        draft_.plan.label = to_text(whole);
    }

    static Label with_policy(Label label, const std::string& policy) {
        label.policy = policy;
        return label;
    }

    Draft& draft_;
    std::set<std::string> nations_;
    std::optional<Label> whole_;
    std::vector<Label> parts_;
    Span labelled_; // the first of the parts
    Span unlabelled_;
};

} // namespace

void plan_labels(Draft& draft) {
    Labeller(draft).run();
}

} // namespace testudo::plan
