#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/import/building.hpp"
#include "orchestrator/import/msel_time.hpp"
#include "orchestrator/import/ocr_sdl.hpp"
#include "orchestrator/import/quantities.hpp"
#include "orchestrator/template/quantity.hpp"

namespace testudo::import_ {
namespace {

class EntityReader {
  public:
    EntityReader(Reading& in, Draft& draft) : in_(in), draft_(draft) {}

    void read(Item& section, const std::string& prefix, std::optional<std::size_t> team) {
        for (auto& entity : section.children)
            if (in_.is_mapping(entity))
                read_one(entity, prefix + entity.key, team);
    }

    Entities take() { return std::move(found_); }

  private:
    // Whoever has a role of another colour than those around is a team of its own.
    void read_one(Item& entity, const std::string& name, std::optional<std::size_t> team) {
        const auto title = in_.text(entity, "name");
        auto* role = in_.find(entity, "role");
        const auto colour = role ? lower_case(in_.text_of(*role).value_or("")) : "";
        if (role && colour != "blue" && colour != "red" && colour != "white" && colour != "green")
            in_.wrong(*role, "White, Green, Red or Blue");
        else if (role && (!team || draft_.teams[*team].colour != colour))
            team = add_team(entity, title.value_or(""), colour);
        found_.titles[name] = title.value_or(entity.key);
        if (team)
            found_.teams[name] = *team;
        const bool own = team && draft_.teams[*team].origins.front() == &entity;
        if (!own)
            (team ? draft_.teams[*team].notes : draft_.notes)
                .push_back(fmt::format("Member in the original: {}", title ? entity.key + ", " + *title : entity.key));
        for (const auto* key : {"description", "mission"})
            if (const auto text = in_.text(entity, key); text && own)
                draft_.teams[*team].notes.push_back(fmt::format("{}: {}", key, *text));
            else if (text)
                in_.lost(entity, key, "members of a team are those who have its link");
        static constexpr Lost more[] = {{"categories", "teams have no categories"},
                                        {"tlos", "objectives stand at messages and actions"},
                                        {"goals", "objectives stand at messages and actions"},
                                        {"vulnerabilities", "teams have no weaknesses"},
                                        {"facts", "there is nothing like it"}};
        lose(in_, entity, more);
        for (auto* event : in_.text_items(entity, "events")) {
            if (!team || draft_.teams[*team].colour != "blue") {
                in_.lost(*event, "messages reach blue teams only");
                continue;
            }
            event->fate = Item::Fate::carried;
            auto& teams = found_.of_events[event->text()];
            if (std::find(teams.begin(), teams.end(), *team) == teams.end())
                teams.push_back(*team);
        }
        if (auto* inner = in_.mapping(entity, "entities"))
            read(*inner, name + ".", team);
    }

    std::size_t add_team(Item& entity, std::string title, std::string colour) {
        Team team;
        team.name = entity.key;
        team.span = entity.key_span;
        team.title = std::move(title);
        team.colour = std::move(colour);
        team.origins.push_back(&entity);
        draft_.teams.push_back(std::move(team));
        return draft_.teams.size() - 1;
    }

    Reading& in_;
    Draft& draft_;
    Entities found_;
};

class StoryReader {
  public:
    StoryReader(Item& scenario, const Entities& entities, Reading& in, Draft& draft)
        : scenario_(scenario), entities_(entities), in_(in), draft_(draft) {
        injects_ = in.mapping(scenario, "injects");
        events_ = in.mapping(scenario, "events");
        scripts_ = in.mapping(scenario, "scripts");
        tlos_ = in.mapping(scenario, "tlos");
    }

    void read() {
        read_length();
        if (auto* stories = in_.mapping(scenario_, "stories"))
            for (auto& story : stories->children)
                if (in_.is_mapping(story))
                    read_story(story);
        // What no story tells is left to a controller.
        script_.clear();
        if (scripts_)
            for (auto& script : scripts_->children)
                if (script.fate != Item::Fate::carried && in_.is_mapping(script))
                    read_script(script, 1, false);
        script_.clear();
        if (events_)
            for (auto& event : events_->children)
                if (event.fate != Item::Fate::carried && in_.is_mapping(event))
                    read_event(event, std::nullopt);
        if (injects_)
            for (auto& inject : injects_->children)
                if (inject.fate != Item::Fate::carried && in_.is_mapping(inject))
                    read_inject(inject, nullptr, std::nullopt);
        if (last_ > Millis{0})
            draft_.duration = std::max(last_, draft_.duration.value_or(last_));
    }

  private:
    // Until 2024 a scenario said from when to when it is played.
    void read_length() {
        const auto start = moment_of("start");
        const auto end = moment_of("end");
        if (!start || !end)
            return;
        if (*end <= *start)
            return in_.wrong(*in_.find(scenario_, "end"), "a moment after `start`");
        draft_.duration = *end - *start;
        in_.changed(code::value, in_.find(scenario_, "start")->span(),
                    "an exercise begins when exercise control says so",
                    fmt::format("its duration, {}", template_::to_text(*draft_.duration)));
    }

    std::optional<Millis> moment_of(std::string_view key) {
        auto* item = in_.find(scenario_, key);
        const auto text = item ? in_.text_of(*item) : std::nullopt;
        if (!text)
            return std::nullopt;
        draft_.notes.push_back(fmt::format("{} in the original: {}", key == "start" ? "Start" : "End", *text));
        auto moment = parse_moment(trimmed(*text), false);
        if (!moment || !moment->day)
            return std::nullopt;
        return Millis{*moment->day * 86'400'000} + moment->clock.value_or(Millis{0});
    }

    // A number from `least` to `most`; 1 if there is none.
    double number(Item& in, std::string_view key, double least, double most) {
        auto* item = in_.find(in, key);
        const auto text = item ? in_.text_of(*item) : std::nullopt;
        if (!text)
            return 1;
        double value = -1;
        try {
            value = std::stod(*text);
        } catch (const std::logic_error&) {
            value = -1;
        }
        if (value >= least && value <= most)
            return value;
        in_.wrong(*item, fmt::format("a number from {} to {}", least, most));
        return 1;
    }

    double factor(Item& in, std::string_view key) { return number(in, key, 1e-3, 1e6); }

    void read_story(Item& story) {
        const auto speed = factor(story, "speed") * factor(story, "clock");
        in_.text(story, "name");
        in_.lost(story, "description", "stories are one timeline here");
        for (auto* name : in_.text_items(story, "scripts")) {
            name->fate = Item::Fate::carried;
            auto* script = named(scripts_, name->text());
            if (!script)
                missing(*name, "script");
            else if (in_.is_mapping(*script))
                read_script(*script, speed, true);
        }
    }

    void missing(const Item& name, std::string_view what) {
        template_::error(in_.out, code::wrong_value, name.span(),
                         fmt::format("there is no {} `{}`", what, name.text()));
    }

    std::optional<Millis> time_of(Item& in, std::string_view key) {
        auto* item = in_.find(in, key);
        const auto text = item ? in_.text_of(*item) : std::nullopt;
        if (!text)
            return std::nullopt;
        const auto time = parse_long_duration(*text);
        if (!time)
            in_.wrong(*item, "a duration such as `1h 30min`");
        return time;
    }

    // In whole seconds, and no longer than anything can be planned.
    static Millis sooner(Millis time, double speed) {
        const auto seconds = std::min(static_cast<double>(time.count()) / speed / 1000, 1e12);
        return Millis{static_cast<std::int64_t>(seconds) * 1000};
    }

    void read_script(Item& script, double story_speed, bool told) {
        script_ = script.key;
        const auto speed = factor(script, "speed") * story_speed;
        const auto start = time_of(script, "start-time").value_or(Millis{0});
        const auto end = time_of(script, "end-time").value_or(start);
        if (end < start)
            return in_.wrong(*in_.find(script, "end-time"), "a time after the script's begin");
        in_.text(script, "name");
        in_.lost(script, "description", "stories are one timeline here");
        last_ = std::max(last_, told ? sooner(end, speed) : Millis{0});
        if (speed != 1 && told)
            in_.changed(code::value, script.key_span,
                        fmt::format("`{}` runs at another speed than the clock", script.key),
                        "its times are written as they come out");
        auto* events = in_.find(script, "events");
        if (!events)
            return;
        events->fate = Item::Fate::carried;
        for (auto& item : events->children) {
            // `- event` with the time at the event, or `event: time` after the script's begin.
            const bool listed = item.key.starts_with('[');
            if (listed && !item.is_text()) {
                in_.wrong(item, "the name of an event");
                continue;
            }
            auto* event = named(events_, listed ? item.text() : item.key);
            auto offset = start;
            if (!listed && !item.is_null()) {
                const auto text = in_.text_of(item);
                const auto time = text ? parse_long_duration(*text) : std::nullopt;
                if (!time)
                    in_.wrong(item, "a duration such as `1h 30min`");
                offset = time.value_or(start);
            }
            item.fate = Item::Fate::carried;
            if (!event) {
                template_::error(in_.out, code::wrong_value, listed ? item.span() : item.key_span,
                                 fmt::format("there is no event `{}`", listed ? item.text() : item.key));
                continue;
            }
            if (!in_.is_mapping(*event))
                continue;
            if (in_.has(*event, "time"))
                offset = start + sooner(end - start, 1 / std::max(number(*event, "time", 0, 1), 1e-9));
            read_event(*event, told ? std::optional(sooner(offset, speed)) : std::nullopt);
        }
    }

    void read_event(Item& event, std::optional<Millis> at) {
        const auto title = in_.text(event, "name").value_or(event.key);
        if (in_.has(event, "conditions")) {
            in_.lost(event, "conditions", "nobody can judge them here; a controller fires what depends on them");
            at.reset();
        }
        auto* source = in_.find(event, "source");
        if (source)
            in_.lost(*source, "a page of information of the original");
        const auto injects = in_.text_items(event, "injects");
        for (auto* name : injects) {
            name->fate = Item::Fate::carried;
            auto* inject = named(injects_, name->text());
            if (!inject)
                missing(*name, "inject");
            else if (in_.is_mapping(*inject))
                read_inject(*inject, &event, at);
        }
        if (!injects.empty())
            return;
        Inject message;
        message.name = event.key;
        message.span = event.key_span;
        message.origins.push_back(&event);
        message.subject = title;
        message.body = in_.text(event, "description").value_or(title);
        message.at = at;
        message.to = teams_of(event.key);
        add(std::move(message));
    }

    // Those whose entities name the event; nobody means all.
    std::vector<std::size_t> teams_of(const std::string& event) const {
        const auto found = entities_.of_events.find(event);
        return found == entities_.of_events.end() ? std::vector<std::size_t>() : found->second;
    }

    void read_inject(Item& item, Item* event, std::optional<Millis> at) {
        Inject inject;
        inject.name = item.key;
        inject.span = item.key_span;
        inject.origins.push_back(&item);
        inject.at = at;
        inject.subject = in_.text(item, "name").value_or(item.key);
        inject.body = in_.text(item, "description").value_or("");
        if (event) {
            inject.title = in_.text(*event, "name").value_or(event->key);
            if (const auto description = in_.text(*event, "description"); description && inject.body.empty())
                inject.body = *description;
        }
        if (inject.body.empty())
            inject.body = inject.subject;
        if (const auto from = in_.text(item, "from-entity")) {
            const auto title = entities_.titles.find(*from);
            inject.from = title == entities_.titles.end() ? *from : title->second;
        }
        read_recipients(item, inject);
        if (event && !inject.draft && inject.to.empty())
            inject.to = teams_of(event->key);
        for (const auto& name : in_.texts(item, "tlos")) {
            auto* tlo = named(tlos_, name);
            const auto text = tlo && tlo->is_mapping() ? in_.text(*tlo, "name") : std::nullopt;
            inject.objective += (inject.objective.empty() ? "" : "; ") + text.value_or(name);
        }
        in_.lost(item, "source", "it is a package of the original; the message tells of it");
        in_.lost(item, "capabilities", "what was trained is said by the objective");
        in_.lost(item, "environment", "it is a package of the original");
        add(std::move(inject));
    }

    // Blue teams get messages in their inbox; the others are exercise control's own.
    void read_recipients(Item& item, Inject& inject) {
        const auto recipients = in_.text_items(item, "to-entities");
        for (auto* to : recipients) {
            to->fate = Item::Fate::carried;
            const auto team = entities_.teams.find(to->text());
            const bool blue = team != entities_.teams.end() && draft_.teams[team->second].colour == "blue";
            if (!blue)
                in_.changed(code::value, to->span(), fmt::format("`{}` is no blue team", to->text()),
                            "messages reach blue teams only");
            else if (std::find(inject.to.begin(), inject.to.end(), team->second) == inject.to.end())
                inject.to.push_back(team->second);
        }
        if (!recipients.empty() && inject.to.empty()) {
            inject.notes.emplace_back("For exercise control: none of its recipients is a blue team.");
            inject.draft = true;
        }
    }

    void add(Inject inject) {
        if (!script_.empty())
            inject.notes.push_back("Script of the original: " + script_);
        draft_.injects.push_back(std::move(inject));
    }

    Item& scenario_;
    const Entities& entities_;
    Reading& in_;
    Draft& draft_;
    Item* injects_ = nullptr;
    Item* events_ = nullptr;
    Item* scripts_ = nullptr;
    Item* tlos_ = nullptr;
    std::string script_; // that is being told
    Millis last_{0};
};

} // namespace

Entities read_entities(Item& scenario, Reading& in, Draft& draft) {
    EntityReader reader(in, draft);
    if (auto* section = in.mapping(scenario, "entities"))
        reader.read(*section, "", std::nullopt);
    return reader.take();
}

void read_stories(Item& scenario, const Entities& entities, Reading& in, Draft& draft) {
    StoryReader(scenario, entities, in, draft).read();
}

} // namespace testudo::import_
