#include <algorithm>
#include <fmt/format.h>
#include <map>

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
        for (const auto* key :
             {"state", "show_stepper_bar", "variant_sandboxes", "created_at", "last_edited", "last_edited_by", "id"})
            in_.meaningless(root, key);
        if (const auto minutes = in_.whole(root, "estimated_duration", 0, 100'000); minutes && *minutes > 0)
            draft_.duration = Millis(*minutes * minute);
        in_.lost(root, "phases", "adaptive trainings choose tasks for each player");
        auto* levels = in_.list(root, "levels");
        if (!levels)
            return;
        for (auto* level : in_order(*levels))
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
                                "variant_answers", "commands_required", "assessment_type", "id"})
            in_.meaningless(level, key);
        if (const auto solution = in_.text(level, "solution"))
            inject.expected = *solution; // exercise control sees it, players do not
        if (const auto variable = in_.text(level, "answer_variable_name"))
            inject.notes.push_back(fmt::format("The answer is made for each sandbox of the original: {}", *variable));
        if (auto* questions = in_.find(level, "questions"))
            read_questions(*questions, inject);
        static constexpr Lost more[] = {
            {"passkey", "players sign in with their team's link"},
            {"local_content", "there is one kind of range"},
            {"attachments", "files lie in the original"},
            {"reference_solution", "there is no comparing of commands"},
            {"mitre_techniques", "messages have no technique"},
            {"expected_commands", "there is no comparing of commands"},
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

    std::vector<Item*> in_order(Item& list) {
        std::vector<Item*> order;
        for (auto& item : list.children)
            if (in_.is_mapping(item)) {
                order.push_back(&item);
                order_of(item); // one alone is not compared
            }
        std::stable_sort(order.begin(), order.end(), [this](Item* a, Item* b) { return order_of(*a) < order_of(*b); });
        return order;
    }

    // Questions and what may be chosen are shown; what is right is for those who grade the report.
    void read_questions(Item& list, Inject& inject) {
        if (!list.is_list())
            return in_.lost(list, "questions in a form that is not known");
        list.fate = Item::Fate::carried;
        std::int64_t points = 0;
        int number = 0;
        for (auto* question : in_order(list)) {
            inject.body += fmt::format("{}{}. {}", inject.body.empty() ? "" : "\n\n", ++number,
                                       in_.text(*question, "text").value_or(""));
            std::string right;
            read_choices(*question, inject.body, right);
            read_matching(*question, inject.body, right);
            if (!right.empty())
                inject.expected += fmt::format("{}{}. {}", inject.expected.empty() ? "" : "\n", number, right);
            points += in_.whole(*question, "points", 0, 100'000).value_or(0);
            for (const auto* key : {"question_type", "answer_required", "id"})
                in_.meaningless(*question, key);
            if (in_.whole(*question, "penalty", 0, 100'000).value_or(0) > 0)
                in_.lost(*question, "penalty", "wrong answers cost no points");
        }
        inject.points = std::max(inject.points, points);
    }

    // The choices of a question that is answered in free words are the right answers.
    void read_choices(Item& question, std::string& body, std::string& right) {
        const auto* type = in_.find(question, "question_type");
        const bool free = type && type->is_text() && type->text() == "FFQ";
        auto* choices = in_.list(question, "choices");
        if (!choices)
            return;
        for (auto* choice : in_order(*choices)) {
            const auto text = in_.text(*choice, "text").value_or("");
            const bool correct = in_.flag(*choice, "correct").value_or(false);
            in_.meaningless(*choice, "id");
            if (!free)
                body += "\n- " + text;
            if (free || correct)
                right += (right.empty() ? "" : "; ") + text;
        }
    }

    // Statements that are matched with options.
    void read_matching(Item& question, std::string& body, std::string& right) {
        auto* options = in_.list(question, "extended_matching_options");
        auto* statements = in_.list(question, "extended_matching_statements");
        std::map<std::int64_t, std::string> known;
        if (options)
            for (auto* option : in_order(*options)) {
                in_.meaningless(*option, "id");
                const auto text = in_.text(*option, "text").value_or("");
                known[order_of(*option)] = text;
                body += "\n- " + text;
            }
        if (!statements)
            return;
        body += "\nfor";
        for (auto* statement : in_order(*statements)) {
            in_.meaningless(*statement, "id");
            const auto text = in_.text(*statement, "text").value_or("");
            const auto correct = in_.whole(*statement, "correct_option_order", 0, 100'000);
            body += "\n- " + text;
            if (correct && known.contains(*correct))
                right += fmt::format("{}{}: {}", right.empty() ? "" : "; ", text, known[*correct]);
        }
    }

    void read_hints(Item& level, int number) {
        auto* hints = in_.list(level, "hints");
        if (!hints)
            return;
        int count = 0;
        for (auto* hint : in_order(*hints)) {
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
