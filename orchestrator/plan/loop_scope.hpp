#pragma once
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/template/expression.hpp"

namespace testudo::plan {

// What the names of one round of a repetition stand for.
using Bindings = std::vector<std::pair<std::string, template_::Value>>;

// The names of a round, and behind them those of another scope.
class LoopScope final : public template_::Scope {
  public:
    LoopScope(const template_::Scope& outer, const Bindings& bindings) : outer_(outer), bindings_(bindings) {}

    std::optional<template_::Value> find(const std::string& name) const override {
        for (const auto& [known, value] : bindings_)
            if (known == name)
                return value;
        return outer_.find(name);
    }
    std::vector<std::string> names() const override {
        auto out = outer_.names();
        for (const auto& [known, value] : bindings_)
            out.push_back(known);
        return out;
    }
    std::string why_not(const std::string& name) const override { return outer_.why_not(name); }

  private:
    const template_::Scope& outer_;
    const Bindings& bindings_;
};

} // namespace testudo::plan
