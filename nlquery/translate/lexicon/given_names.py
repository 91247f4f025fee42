"""Given names often met in the trade: enough to tell “Dana Whitfield” from “Cedar Row” when neither is on file."""

from __future__ import annotations

GIVEN_NAMES: frozenset[str] = frozenset(
    """
adam aisha alan alex alexander alexandra alice alicia alison amanda amir amy ana anand andrea andreas andrew andy angela anil anita
anna anne annie anthony antonio arjun arthur ashley barbara beatrice ben benjamin beth bill bob brad brandon brenda brian bruce
caleb cameron carl carla carlos carmen carol caroline catherine cecilia charles charlie charlotte chen chloe chris christian
christina christine christopher claire clara claudia colin connor craig cynthia dan dana daniel daniela danielle dave david dawn
deborah deepa denise dennis derek diana diane diego dimitri dominic don donna doug douglas duncan dylan ed eduardo edward
elaine eleanor elena elizabeth ella ellen emily emma eric erica erik erin ethan eva evan evelyn fatima felix fernando fiona
frances francesca francis frank fred gabriel gary gemma george georgia gerald gina giulia gordon grace graham greg gregory hannah
hans harold harriet harry hassan heather hector heidi helen henrik henry howard hugh hugo ian ines ingrid irene iris isaac
isabel isabella ivan jack jackie jacob jacqueline jaime jake james jamie jan jane janet jasmine jason javier jay jean jeff jeffrey
jennifer jenny jeremy jerry jesse jessica jill jim jimmy joan joanna joao joe joel johan john jon jonas jonathan jordan jorge jose
joseph josh joshua joyce juan judith judy julia julian julie justin kai karen karim karl kate katherine kathleen kathy katie keith
kelly ken kenji kenneth kevin kim kiran klaus kristen kristin kurt kyle lara larry lars laura lauren laurent lawrence leah lee leila lena
leo leon leonard lesley leslie liam lila lily linda lindsay lisa liz lorenzo louis louise luca lucas lucia lucy luis luke lydia lynn
marc marcel marco marcus margaret maria marie marina mario marion mark marta martha martin mary mateo matt matthew maureen max maya
mei megan melanie melissa meredith mia michael michelle miguel mike mikhail mina miriam mohamed mohammed molly monica nadia nancy
naomi natalia natalie natasha nathan neil nicholas nick nicole nigel nikhil nina noah noor nora oliver olivia omar oscar pablo paige pam
pamela patricia patrick paul paula pedro penny pete peter petra phil philip philippe pierre piotr priya quentin rachel rafael rahul
raj rajesh ralph ravi ray raymond rebecca renata rhea ricardo richard rick rita rob robert roberto robin roger roland ron ronald
rosa rose ross roy ruth ryan sally sam samantha samir samuel sandra sandy sanjay sara sarah scott sean sebastian sergio shannon sharon
shaun shirley simon sofia sonia sophia sophie stefan stella stephanie stephen steve steven stuart sue susan suzanne sven sylvia
tamara tania tara ted teresa terry theo theresa thomas tim timothy tina toby todd tom tomas tony tracy tyler usha valerie vanessa
vera veronica victor victoria vijay vikram vincent viktor walter wei wendy will william xavier yasmin yuki yusuf yvonne zach zara zoe
anselm tobias marguerite idris amara kwame soren ingmar bjorn matthias gunther ottilie rohan aditya ananya meera leila farah june april may august
""".split()
)
#: Months that are as well somebody's name, or begin a firm's.
NAMELIKE_MONTHS = frozenset({"march", "april", "may", "june", "august"})
