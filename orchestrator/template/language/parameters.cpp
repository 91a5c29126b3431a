#include "orchestrator/template/language/parameters.hpp"

namespace testudo::template_ {

void read_parameters(Reader& r, const Node& node, std::vector<ParameterSpec>& out) {
    if (node.kind != Node::Kind::mapping)
        return r.wrong(node, "a mapping");
    for (const auto& entry : node.entries) {
        ParameterSpec p;
        p.name = entry.key;
        p.name_span = entry.key_span;
        p.span = entry.value->span;
        if (entry.value->kind == Node::Kind::sequence) {
            std::vector<Text> all;
            r.texts(*entry.value, all);
            p.value = std::move(all);
        } else {
            Text one;
            r.text(*entry.value, one);
            if (!one.given())
                continue;
            p.value = std::move(one);
        }
        out.push_back(std::move(p));
    }
}

} // namespace testudo::template_
