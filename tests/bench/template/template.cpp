// How long it takes to check and to plan large templates, against the least that it could take: yaml-cpp's events for
// the same bytes, thrown away. Both are measured in turn in one run and as processor time, so that a busy machine slows
// both alike.
//
//     bench_template [rounds]        5 rounds unless told; the best of each counts
//
// Exits with 1 if a bound is not kept, so a script may rely on its end. Build it with the preset `release`.

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fmt/format.h>
#include <functional>
#include <limits>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/parser.h>

#include "orchestrator/plan/make.hpp"
#include "orchestrator/template/load.hpp"

using namespace testudo;

namespace {

// Every machine written by itself, as an importer or another program would.
std::string written_out(int machines) {
    std::string text =
        "testudo: 1\nexercise: big\nduration: 30m\nteams: { north: { colour: blue, nations: [EST] } }\nnetworks:\n";
    for (int i = 0; i < machines / 100; ++i)
        text += fmt::format("  net{0}: {{ ipv4: 198.18.{0}.0/24, ipv6: \"2001:db8:{0}::/64\" }}\n", i);
    text += "machines:\n";
    for (int i = 0; i < machines; ++i)
        text += fmt::format(
            "  m{0}:\n    title: Machine number {0}\n    image: debian\n    memory: 64 MiB\n    on: {{ net{1}: {2} }}\n"
            "    serves: {{ web: http, shell: ssh }}\n    users: {{ defender: {{ admin: true }} }}\n",
            i, i % (machines / 100), i / (machines / 100) + 2);
    return text;
}

// 24 teams of 208 machines each, and what is shared: 5,000.
std::string many_teams() {
    std::string text = "testudo: 1\nexercise: big\nduration: 30m\nteams:\n";
    for (int i = 0; i < 24; ++i)
        text += fmt::format("  t{}: {{ colour: blue, nations: [EST] }}\n", i);
    text += R"(networks:
  internet: { ipv4: 198.18.0.0/20, ipv6: "2001:db8::/64" }
  office:
    per: team
    ipv4: 198.18.{{ 16 + team.number }}.0/24
    ipv6: "2001:db8:{{ team.number }}::/64"
machines:
  gate: { per: team, role: router, image: debian, on: { internet: "{{ 10 + team.number }}", office: 1 } }
  good: { role: reference, image: debian, on: { internet: 3002 }, serves: { web: http } }
)";
    for (int i = 0; i < 7; ++i)
        text += fmt::format("  probe-{}: {{ role: vantage, image: debian, on: {{ internet: {} }} }}\n", i, 3010 + i);
    for (int i = 0; i < 207; ++i)
        text += fmt::format("  m{}: {{ per: team, image: debian, on: {{ office: {} }}, serves: {{ web: http }} }}\n", i,
                            i + 10);
    text += "rules: [{ at: gate, allow: internet -> office tcp/80 }]\nchecks:\n";
    for (int i = 0; i < 20; ++i)
        text += fmt::format("  c{0}: {{ from: internet, of: m{0}.web, ask: {{ path: / }} }}\n", i);
    return text;
}

class Nothing final : public YAML::EventHandler {
    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}
};

void bare_events(const std::string& text) {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    Nothing nothing;
    while (parser.HandleNextDocument(nothing))
        ;
}

void planned(const std::string& text, std::size_t machines) {
    auto loaded = template_::load_text("bench.yaml", text);
    const auto plan = plan::make(loaded.template_, loaded.diagnostics);
    if (!plan || plan->machines.size() != machines) {
        fmt::print(stderr, "bench_template: the template gave no plan of {} machines\n", machines);
        for (const auto& diagnostic : loaded.diagnostics)
            fmt::print(stderr, "{}", render(diagnostic));
        std::exit(2);
    }
}

double seconds(const std::function<void()>& run) {
    const auto begin = std::clock();
    run();
    return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

// The most memory that a process of its own needs for it.
double peak_mib(const std::function<void()>& run) {
    const auto child = ::fork();
    if (child == 0) {
        run();
        ::_exit(0);
    }
    int status = 0;
    rusage usage{};
    if (child < 0 || ::wait4(child, &status, 0, &usage) != child || status != 0)
        std::exit(2);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

bool kept = true;
void bound(const char* what, double seen, double most, const char* unit) {
    const bool good = seen <= most;
    kept = kept && good;
    fmt::print("{:<58} {:>8.3f} {:<4} (at most {} {}){}\n", what, seen, unit, most, unit, good ? "" : "  NOT KEPT");
}

} // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 5;
    // Before anything else has made this process large.
    const auto memory = peak_mib([] { planned(written_out(10'000), 10'000); });
    const auto large = written_out(10'000);
    const auto teams = many_teams();
    double bare = std::numeric_limits<double>::max();
    double whole = bare;
    double read = bare;
    double spread = bare;
    for (int i = 0; i < rounds; ++i) {
        bare = std::min(bare, seconds([&] { bare_events(large); }));
        read = std::min(read, seconds([&] { template_::load_text("bench.yaml", large); }));
        whole = std::min(whole, seconds([&] { planned(large, 10'000); }));
        spread = std::min(spread, seconds([&] { planned(teams, 5'000); }));
    }
    fmt::print(
        "10,000 machines written out, {} bytes: yaml-cpp's events {:.3f} s, read {:.3f} s, read and planned {:.3f} s\n",
        large.size(), bare, read, whole);
    bound("read and planned, against yaml-cpp's events alone", whole / bare, 3, "x");
    bound("read and planned", whole, 0.5, "s");
    bound("memory for it", memory, 200, "MiB");
    bound("24 teams, 5,000 machines, read and planned", spread, 0.2, "s");
    return kept ? 0 : 1;
}
