#pragma once
#include <string_view>
#include <vector>

#include "orchestrator/template/table.hpp"
#include "orchestrator/template/template.hpp"

// What is given to checks and actions by name; the plan knows which names there are.
namespace testudo::template_ {

void read_parameters(Reader& r, const Node& node, std::vector<ParameterSpec>& out);

template <class T>
Key<T> parameters(std::string_view name, std::vector<ParameterSpec> T::*member, std::string_view doc) {
    return special<T>(
        name, [member](Reader& r, const Node& node, T& t) { read_parameters(r, node, t.*member); },
        [] {
            return json::object{{"type", "object"}};
        },
        doc);
}

} // namespace testudo::template_
