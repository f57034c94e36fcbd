/// What a condition's text says, before its leaves are resolved.
indirect enum BooleanTree<Leaf> {
  case leaf(Leaf)
  case and([BooleanTree])
  case or([BooleanTree])
  case not(BooleanTree)
}
