//! The judgement of lines: article or furniture?
