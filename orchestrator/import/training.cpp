#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/import/building.hpp"
#include "orchestrator/import/readers.hpp"

// The training of CyberRangeCZ: levels one after the other. A level becomes a message at the time that its predecessors
// are estimated to take; its answer is a report that exercise control grades, its hints are messages that it may send.
namespace testudo::import_ {
namespace {

constexpr Millis minute{60'000};

class Training {
  public:
    Training(Reading& in, Draft& draft) : in_(in), draft_(draft) {}

    void read(Item& root) {
        draft_.title = in_.text(root, "title").value_or(draft_.title);
        if (draft_.name.empty())
            draft_.name = draft_.title;
        if (!draft_.span.file)
            draft_.span = root.children.empty() ? root.span() : root.children.front().span();
        if (const auto description = in_.text(root, "description"))
            draft_.notes.push_back("Description: " + *description);
        for (const auto* key : {"prerequisites", "outcomes"})
            for (const auto& text : in_.texts(root, key))
                draft_.notes.push_back(fmt::format("{}: {}", key, text));
        for (const auto* key : {"state", "show_stepper_bar", "variant_sandboxes", "estimated_duration", "created_at",
                                "last_edited", "last_edited_by", "id"})
            in_.meaningless(root, key);
        in_.lost(root, "phases", "adaptive trainings choose tasks for each player");
        auto* levels = in_.list(root, "levels");
        if (!levels)
            return;
        std::vector<Item*> order;
        for (auto& level : levels->children)
            if (in_.is_mapping(level))
                order.push_back(&level);
        std::stable_sort(order.begin(), order.end(), [this](Item* a, Item* b) { return order_of(*a) < order_of(*b); });
        for (auto* level : order)
            read_level(*level);
    }

  private:
    std::int64_t order_of(Item& item) { return in_.whole(item, "order", 0, 100'000).value_or(0); }

    void read_level(Item& level) {
        const auto number = ++count_;
        const auto type = in_.text(level, "level_type").value_or("");
        Inject inject;
        inject.name = fmt::format("level-{}", number);
        inject.derived = true;
        inject.span = level.span();
        inject.origins.push_back(&level);
        inject.subject = in_.text(level, "title").value_or(inject.name);
        inject.title = inject.subject;
        inject.from = "Instructor";
        inject.at = time_;
        inject.body = body_of(level);
        const auto minutes = in_.whole(level, "estimated_duration", 0, 100'000).value_or(0);
        if (type == "TRAINING_LEVEL" || type == "ASSESSMENT_LEVEL")
            expect(level, inject, Millis(std::max<std::int64_t>(minutes, 5) * minute));
        time_ += Millis(std::max<std::int64_t>(minutes, 1) * minute);
        for (const auto* key : {"minimal_possible_solve_time", "incorrect_answer_limit", "solution_penalized",
                                "variant_answers", "commands_required", "answer_variable_name", "id"})
            in_.meaningless(level, key);
        static constexpr Lost more[] = {
            {"solution", "what players must not see stays with exercise control"},
            {"passkey", "players sign in with their team's link"},
            {"local_content", "there is one kind of range"},
            {"attachments", "files lie in the original"},
            {"reference_solution", "there is no comparing of commands"},
            {"mitre_techniques", "messages have no technique"},
            {"expected_commands", "there is no comparing of commands"},
            {"questions", "questions with choices; grade the report instead"},
        };
        lose(in_, level, more);
        draft_.injects.push_back(std::move(inject));
        read_hints(level, number);
    }

    std::string body_of(Item& level) {
        std::string body;
        for (const auto* key : {"content", "cloud_content", "instructions"})
            if (const auto text = in_.text(level, key))
                body += (body.empty() ? "" : "\n\n") + *text;
        return body;
    }

    void expect(Item& level, Inject& inject, Millis within) {
        inject.report = "answer";
        inject.within = within;
        inject.points = in_.whole(level, "max_score", 0, 100'000).value_or(0);
        if (const auto answer = in_.text(level, "answer"))
            inject.notes.push_back("The answer: " + *answer);
    }

    void read_hints(Item& level, int number) {
        auto* hints = in_.list(level, "hints");
        if (!hints)
            return;
        std::vector<Item*> order;
        for (auto& hint : hints->children)
            if (in_.is_mapping(hint))
                order.push_back(&hint);
        std::stable_sort(order.begin(), order.end(), [this](Item* a, Item* b) { return order_of(*a) < order_of(*b); });
        int count = 0;
        for (auto* hint : order) {
            Inject inject;
            inject.name = fmt::format("level-{}-hint-{}", number, ++count);
            inject.derived = true;
            inject.span = hint->span();
            inject.origins.push_back(hint);
            inject.subject = in_.text(*hint, "title").value_or("A hint");
            inject.title = fmt::format("Hint for level {}, when asked for", number);
            inject.from = "Instructor";
            inject.body = in_.text(*hint, "content").value_or("");
            in_.lost(*hint, "hint_penalty", "messages cost no points");
            draft_.injects.push_back(std::move(inject));
        }
    }

    Reading& in_;
    Draft& draft_;
    Millis time_{0};
    int count_ = 0;
};

} // namespace

void read_training(Item& training, Reading& in, Draft& draft) {
    Training(in, draft).read(training);
}

} // namespace testudo::import_
