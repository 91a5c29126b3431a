#pragma once
#include <gtest/gtest.h>
#include <string>

#include "orchestrator/plan/make.hpp"
#include "orchestrator/template/load.hpp"

// Plans of templates that are written in the test itself.
namespace testudo::plan {

// Two blue teams, a router each between a shared segment and an office, a portal, a vantage and a reference. A test
// adds its own sections behind it.
inline const std::string small_range = R"(testudo: 1
exercise: small
duration: 10m
teams:
  north: { colour: blue, nations: [EST] }
  south: { colour: blue, nations: [FIN, SWE] }
  crows: { colour: red }
networks:
  internet: { ipv4: 198.18.0.0/24, ipv6: "2001:db8::/64" }
  office: { per: team, ipv4: "198.18.{{ team.number }}.0/24", ipv6: "2001:db8:{{ team.number }}::/64" }
machines:
  gate: { per: team, role: router, image: debian, on: { internet: "{{ 10 + team.number }}", office: 1 } }
  portal:
    per: team
    image: debian
    on: { office: 80 }
    serves: { web: { protocol: http, unit: nginx }, ssh: ssh }
    users: { defender: { admin: true }, guest: { password: guest } }
    files: [{ path: /etc/motd, content: "{{ team.title }}: {{ portal.ipv4 }}, crow at {{ crow.ipv6 }}" }]
  probe-1: { role: vantage, image: debian, on: { internet: 201 } }
  probe-2: { role: vantage, image: debian, on: { internet: 202 } }
  good: { role: reference, image: debian, on: { internet: 80 }, serves: { shop: { protocol: http, port: 8080 }, web: http } }
  crow: { team: crows, image: debian, on: { internet: 66 } }
)";

// The plan of a good template; what is wrong with a bad one fails the test.
inline Plan planned(const std::string& text) {
    auto loaded = template_::load_text("test.yaml", text);
    auto plan = make(loaded.template_, loaded.diagnostics);
    for (const auto& d : loaded.diagnostics)
        ADD_FAILURE() << render(d);
    return plan.value_or(Plan{});
}

// The codes of all that is said of a template, in order.
inline std::vector<std::string> codes(const std::string& text) {
    auto loaded = template_::load_text("test.yaml", text);
    make(loaded.template_, loaded.diagnostics);
    std::vector<std::string> out;
    for (const auto& d : loaded.diagnostics)
        out.push_back(d.code);
    return out;
}

} // namespace testudo::plan
