#include "orchestrator/template/language/parameters.hpp"
#include "orchestrator/template/language/parts.hpp"

namespace testudo::template_ {
namespace {

const Table<CheckSpec>& check_table() {
    static const Table<CheckSpec> table(
        "a check",
        {text("title", &CheckSpec::title, "What it means when it is good: `Portal answers on HTTP`."),
         texts("from", &CheckSpec::from, "The vantage that asks, or the network whose vantages ask.").must(),
         text("of", &CheckSpec::of, "What is asked: `portal.web`, or `portal` for the machine itself.").must(),
         word("type", &CheckSpec::type, {"icmp", "tcp", "http", "dns", "ssh", "smtp", "postgresql", "modbus"},
              "How it is asked; not given: by the protocol of the service, or icmp."),
         word("family", &CheckSpec::family, {"ipv4", "ipv6"},
              "Over which protocol; not given: IPv4 if there is a way."),
         text("service", &CheckSpec::service, "The column of the board; not given: the machine's name."),
         parameters("ask", &CheckSpec::ask, "What is asked for; depends on the type."),
         parameters("expect", &CheckSpec::expect, "What a good answer holds; depends on the type."),
         duration("every", &CheckSpec::every, "Its period; 10s if not given."),
         duration("timeout", &CheckSpec::timeout, "How long an answer is waited for; 3s if not given."),
         text("confirm", &CheckSpec::confirm, "`2 of 3`: a failure counts when 2 of 3 further tries fail too."),
         points("weight", &CheckSpec::weight, "Its share among all checks; 1 if not given.")});
    return table;
}

const Table<CategorySpec>& category_table() {
    static const auto table =
        Table<CategorySpec>("a category",
                            {points("weight", &CategorySpec::weight, "Its share of the 1000 points.").must(),
                             text("title", &CategorySpec::title, "The name that people read.")})
            .or_text([](Reader& r, const Text& value, CategorySpec& category) { r.points(value, category.weight); },
                     shape::points());
    return table;
}

} // namespace

std::vector<Key<Template>> check_keys() {
    return {
        each("checks", &Template::checks, check_table(), longest_id,
             "What is asked, again and again, to see if it works."),
    };
}

std::vector<Key<Template>> scoring_keys() {
    return {each("scoring", &Template::scoring, category_table(), longest_id,
                 "How the 1000 points are shared among availability, impact, restoration and reports.")};
}

} // namespace testudo::template_
