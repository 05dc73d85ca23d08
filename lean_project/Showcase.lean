import Showcase.Compiler
import Showcase.Lists
import Showcase.Logic
import Showcase.Naturals
import Showcase.Options
import Showcase.Trees
